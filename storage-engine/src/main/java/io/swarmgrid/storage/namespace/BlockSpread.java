package io.swarmgrid.storage.namespace;

/** How the blocks of one file lie: what makes the placement key of a block. */
public enum BlockSpread {
    /** All on the same nodes: a task reads the whole file there (dataset partition files). */
    TOGETHER,
    /** Each block for itself: a large file is read from many nodes. */
    SPREAD
}
