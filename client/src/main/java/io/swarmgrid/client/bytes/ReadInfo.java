package io.swarmgrid.client.bytes;

/**
 * The first answer to a ReadFile.
 *
 * @param offset where in the file the data begin
 * @param lengthBytes how many bytes follow
 * @param sizeBytes of the whole file
 * @param version of the file that is read
 * @param id its identity
 */
public record ReadInfo(long offset, long lengthBytes, long sizeBytes, long version, long id) {}
