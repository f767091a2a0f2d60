/** Parquet files as they are: their bytes are read through a file's reader, and decoded by an embedded DuckDB. Knows no dataset. */
@NullMarked
package io.swarmgrid.storage.parquet;

import org.jspecify.annotations.NullMarked;
