@NullMarked
package io.swarmgrid.storage.membership;

import org.jspecify.annotations.NullMarked;
