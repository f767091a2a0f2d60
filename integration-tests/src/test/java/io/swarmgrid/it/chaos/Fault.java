package io.swarmgrid.it.chaos;

import java.util.Random;

/** Something bad that happens to a grid, from outside of its processes. */
interface Fault {
    /** With what others it can come in one go, so that a short run has time for all. */
    enum Company {
        /** With nothing else. */
        ALONE,
        /** At the same moment with all others of this kind: no node ends by them, and no byte is lost. */
        LIGHT,
        /** One after the other, and what they have damaged is mended at once. */
        DAMAGE,
        /** The writer's node goes, and then the one that takes his block on. */
        WRITING,
        /** A node stands still until the others go on without it, and then the one goes that makes the copies anew. */
        COPYING,
        /** One node is cut off and ends again on its way back, then the others end, so that each knows less than the next. */
        ONE_BY_ONE,
        /** One wire after the other. */
        WIRES
    }

    /**
     * Does it, and undoes what does not heal by itself: a process that stands still goes on. Nodes that have ended are
     * started again by the arena. Some may have ended already: those of its company come without a pause.
     *
     * @return whether it was what its name says; false where the moment that it waited for did not come
     */
    boolean strike(Arena arena, Random random) throws Exception;

    /** Looks out for its moment from now on, before the first of its company strikes: that one may bring it. */
    default void lookOut(Arena arena) throws Exception {}

    default Company company() {
        return Company.ALONE;
    }

    default String name() {
        return getClass().getSimpleName();
    }
}
