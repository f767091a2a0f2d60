@NullMarked
package io.swarmgrid.client.bytes;

import org.jspecify.annotations.NullMarked;
