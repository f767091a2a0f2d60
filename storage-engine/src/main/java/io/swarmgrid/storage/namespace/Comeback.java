package io.swarmgrid.storage.namespace;

/** Whether the writer that a file is taken from may go on with it later. */
public enum Comeback {
    /** He was lost, as far as the grid can see. */
    ALLOWED,
    /** Somebody wants to be sure that the file is what it is from now on. */
    REFUSED
}
