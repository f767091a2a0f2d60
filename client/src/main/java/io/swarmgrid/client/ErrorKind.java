package io.swarmgrid.client;

/** What a caller should do about an error. */
public enum ErrorKind {
    /** The request is wrong and will stay wrong: fix it. */
    CALLER,
    /** Nothing was changed; the same request may succeed later: back off and retry. */
    RETRY,
    /** The request may have been applied: ask, or retry with the same operation id. */
    UNKNOWN,
    /** Data or state is damaged, or there is a fault in the grid itself: stop and look. */
    FATAL
}
