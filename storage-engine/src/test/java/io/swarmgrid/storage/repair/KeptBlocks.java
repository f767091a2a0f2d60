package io.swarmgrid.storage.repair;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Keeper;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.replica.NearKeeping;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The near copies of a node in memory: so many blocks on one medium. Thread-safe. */
final class KeptBlocks implements NearKeeping {
    private final Set<Copy> kept = ConcurrentHashMap.newKeySet();
    private final Set<Copy> lost = ConcurrentHashMap.newKeySet();
    /** How many copies it takes. */
    volatile int most = 100;
    /** Whether it says that it has room and finds none. */
    volatile boolean refuses;

    @Override
    public Keeper.Outcome keep(CallContext context, BlockRecord block, Medium medium) {
        Copy copy = new Copy(block.fileId(), block.id(), block.epoch());
        if (medium != Medium.MEM || refuses || (kept.size() >= most && !kept.contains(copy))) {
            return Keeper.Outcome.FULL;
        }
        kept.add(copy);
        return Keeper.Outcome.KEPT;
    }

    @Override
    public boolean isKept(SealedBlock block, Medium medium) {
        return medium == Medium.MEM
                && kept.stream().anyMatch(each -> each.block().equals(block.id()));
    }

    @Override
    public void release(Copy copy) {
        kept.remove(copy);
    }

    @Override
    public List<Copy> all() {
        return List.copyOf(kept);
    }

    @Override
    public List<Copy> takeLost() {
        List<Copy> all = List.copyOf(lost);
        lost.removeAll(all);
        return all;
    }

    @Override
    public long mostBytes(Medium medium) {
        return medium == Medium.MEM ? most * FakeGrid.BLOCK_BYTES : 0;
    }

    @Override
    public long leftBytes(Medium medium) {
        return medium == Medium.MEM ? (most - kept.size()) * FakeGrid.BLOCK_BYTES : 0;
    }

    /** As after a restart of a machine. */
    void loseAll() {
        kept.clear();
    }

    /** They turn out to be bad. */
    void spoilAll() {
        lost.addAll(kept);
        kept.clear();
    }
}
