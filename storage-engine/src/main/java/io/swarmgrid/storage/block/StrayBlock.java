package io.swarmgrid.storage.block;

import java.nio.file.Path;

/**
 * The file of a block that had no sidecar when the node started: it was never finished, or it is whole and has lost what says so. Only
 * the metadata can tell.
 */
public record StrayBlock(BlockId id, long epoch, long lengthBytes, Path path) {}
