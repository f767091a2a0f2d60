package io.swarmgrid.node;

/** Why a node ended. */
public enum NodeEnd {
    /** It was asked to. */
    STOPPED,
    /** It was cut off from the grid, or its metadata engine failed: started again, it comes back. */
    CUT_OFF
}
