package io.swarmgrid.storage.block;

import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import java.util.List;

/** Sealed blocks that stay in the tiers where they are, until the store is closed. Thread-safe. */
public interface Stays {
    Stays NONE = new Stays() {
        @Override
        public Asked ask(BlockId id, long epoch, Medium medium, Reserve share) {
            return Asked.ELSEWHERE;
        }

        @Override
        public boolean stays(BlockId id, Medium medium) {
            return false;
        }

        @Override
        public void end(BlockId id) {}

        @Override
        public List<StoredBlock> all() {
            return List.of();
        }
    };

    /** What came of it. */
    enum Asked {
        STAYS,
        /** So much is kept in its tier that there is no more of it to be. */
        FULL,
        /** There is none in such a tier. */
        ELSEWHERE
    }

    /**
     * Has a block stay, if its tier is of such a medium or a faster one. Waits while a block is moved.
     *
     * @param share what may be kept so of a tier
     */
    Asked ask(BlockId id, long epoch, Medium medium, Reserve share);

    /** Whether it does, on such a medium or a faster one. */
    boolean stays(BlockId id, Medium medium);

    /** It may move. Idempotent. */
    void end(BlockId id);

    /** A copy. */
    List<StoredBlock> all();
}
