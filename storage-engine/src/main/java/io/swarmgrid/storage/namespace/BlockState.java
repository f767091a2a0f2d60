package io.swarmgrid.storage.namespace;

/** The life of a block: it grows while open and never changes once sealed. */
public enum BlockState {
    OPEN,
    SEALED
}
