package io.swarmgrid.client.wire;

/**
 * The answer of {@code fs.checksum}: of bytes, however they are cut into blocks.
 *
 * @param sizeBytes how many from the beginning
 * @param crc32c CRC32C (Castagnoli) of them, eight hexadecimal digits
 */
public record FileChecksum(String path, long sizeBytes, String crc32c) {}
