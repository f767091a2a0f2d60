/** What tests hear of what the product tells its operators. */
@NullMarked
package io.swarmgrid.storage.log;

import org.jspecify.annotations.NullMarked;
