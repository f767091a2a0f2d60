/** Datasets: directories of Arrow IPC files with one schema, read as record batches without decoding. */
@NullMarked
package io.swarmgrid.storage.dataset;

import org.jspecify.annotations.NullMarked;
