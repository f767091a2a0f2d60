package io.swarmgrid.storage.block;

/**
 * What sealing a block established.
 *
 * @param lengthBytes bytes in the block
 * @param crc32c CRC32C over all of them
 */
public record SealedBlock(BlockId id, long epoch, long lengthBytes, int crc32c) {}
