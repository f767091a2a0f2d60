package io.swarmgrid.storage.namespace.ignite;

/**
 * What the caller of a step found out beforehand is no longer so (a name leads elsewhere, a partition has moved): nothing
 * was changed, find out again and send the step again.
 */
class StaleException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StaleException(String what) {
        super(what, null, false, false);
    }
}
