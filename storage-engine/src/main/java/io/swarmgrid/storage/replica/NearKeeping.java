package io.swarmgrid.storage.replica;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Keeper;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.List;

/** The near copies that this node keeps because somebody asked for them. Thread-safe. */
public interface NearKeeping {
    /**
     * Keeps a near copy on such a medium. Where this node has a durable copy on it, or on a faster one, that stays there instead, and
     * counts as both; else one is made from that or from another holder. Waits for all of it; one block by one thread at a time.
     */
    Keeper.Outcome keep(CallContext context, BlockRecord block, Medium medium);

    /** Whether it is kept. Never waits. */
    boolean isKept(SealedBlock block, Medium medium);

    /** Keeps none of it any more. Idempotent. */
    void release(Copy copy);

    /** All that are kept. */
    List<Copy> all();

    /** Those that turned out bad since this was asked last, and are gone; where they were many, some of them. */
    List<Copy> takeLost();

    /** What may be kept on a medium in all, bytes; 0 where this node has none. */
    long mostBytes(Medium medium);

    /** How much of that is not. */
    long leftBytes(Medium medium);
}
