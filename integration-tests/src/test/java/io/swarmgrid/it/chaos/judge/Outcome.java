package io.swarmgrid.it.chaos.judge;

/** What the caller of an operation was told. */
public enum Outcome {
    /** It happened, once, between its call and its answer. */
    OK,
    /** It did not happen and never will. */
    REFUSED,
    /** It may have happened, may yet happen, or never will. */
    UNKNOWN
}
