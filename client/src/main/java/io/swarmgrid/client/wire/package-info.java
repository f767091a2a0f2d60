/** The JSON of the Flight surface as records: snake_case, units in the names, unknown fields refused. */
@NullMarked
package io.swarmgrid.client.wire;

import org.jspecify.annotations.NullMarked;
