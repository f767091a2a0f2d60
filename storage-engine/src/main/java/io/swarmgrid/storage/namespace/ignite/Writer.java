package io.swarmgrid.storage.namespace.ignite;

/**
 * Who writes a visible file, or did last.
 *
 * @param id of {@link io.swarmgrid.storage.namespace.WriterId}; 0 for one that does not come back
 * @param ended whether he has closed it himself
 */
record Writer(long id, boolean ended) {
    static final Writer NONE = new Writer(0, false);

    /** Of a file that is opened. */
    static Writer of(long id) {
        return id == 0 ? NONE : new Writer(id, false);
    }

    boolean isNone() {
        return id == 0;
    }

    Writer closing(boolean byHimself) {
        return isNone() ? NONE : new Writer(id, byHimself);
    }

    boolean mayGoOn() {
        return !isNone() && !ended;
    }
}
