/** Who calls, in which QoS class, and the seam at which every transferred byte takes its turn. */
@NullMarked
package io.swarmgrid.client.call;

import org.jspecify.annotations.NullMarked;
