package io.swarmgrid.storage.namespace;

/** What an acknowledged write survives. */
public enum Durability {
    /** The loss of all but one of its replicas; bytes live in tmpfs. */
    MEMORY,
    /** The death of every process: bytes are in the page cache of each replica. */
    PROCESS,
    /** A power cut: bytes and their directory entries are on the device of each replica. */
    POWER
}
