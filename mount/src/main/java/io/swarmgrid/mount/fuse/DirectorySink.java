package io.swarmgrid.mount.fuse;

/** Takes the entries of a directory until an answer is full. */
public interface DirectorySink {
    /**
     * An entry, with what a look-up of it would answer.
     *
     * @param next where reading goes on behind it
     * @return false where there was no room for it: then it was not taken
     */
    boolean add(String name, Attributes attributes, long next, Looked looked);

    /** Counts as a look-up, and is asked only where the entry found room. */
    @FunctionalInterface
    interface Looked {
        long node();
    }
}
