/**
 * Stores that Hadoop reaches. The one room of the engine that knows Hadoop, which no distribution has: its jars are put on the class path of
 * nodes that need it, and nothing here is loaded before a store is asked for.
 */
@NullMarked
package io.swarmgrid.storage.archive;

import org.jspecify.annotations.NullMarked;
