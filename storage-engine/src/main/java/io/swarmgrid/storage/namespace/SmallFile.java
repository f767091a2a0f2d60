package io.swarmgrid.storage.namespace;

/**
 * A file that is put with others of its directory.
 *
 * @param name its last name
 * @param bytes all of it; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SmallFile(String name, byte[] bytes) {}
