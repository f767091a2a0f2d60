@NullMarked
package io.swarmgrid.client.net;

import org.jspecify.annotations.NullMarked;
