@NullMarked
package io.swarmgrid.storage.file;

import org.jspecify.annotations.NullMarked;
