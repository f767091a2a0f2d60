package io.swarmgrid.storage.file;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.Stays;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.cache.Keeper;
import io.swarmgrid.storage.cache.Keeper.Outcome;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.NearKeeping;
import java.util.ArrayList;
import java.util.List;

/** Keeps near copies, and blocks in their tiers where that comes to the same. Thread-safe. */
public final class KeptNear implements NearKeeping {
    private final BlockOrigins origins;
    private final Keeper keeper;
    private final Stays stays;
    private final Reserve pinShare;

    public KeptNear(DataPath path, FileMetadata metadata) {
        this.origins = new BlockOrigins(path, metadata);
        this.keeper = path.near().keeper();
        this.stays = path.blocks().stays();
        this.pinShare = path.config().cache().pinShare();
    }

    @Override
    public Outcome keep(CallContext context, BlockRecord block, Medium medium) {
        Stays.Asked asked = stays.ask(block.id(), block.epoch(), medium, pinShare);
        if (asked == Stays.Asked.ELSEWHERE) {
            return keeper.keep(block.sealed(), block.fileId(), medium, () -> origins.of(context, block));
        }
        if (asked == Stays.Asked.STAYS) {
            keeper.release(block.sealed()); // of an older wish
            return Outcome.KEPT;
        }
        return Outcome.FULL;
    }

    @Override
    public boolean isKept(SealedBlock block, Medium medium) {
        return stays.stays(block.id(), medium) || keeper.isKept(block, medium);
    }

    @Override
    public void release(Copy copy) {
        stays.end(copy.block());
        keeper.release(copy.block(), copy.epoch());
    }

    @Override
    public List<Copy> all() {
        List<Copy> all = new ArrayList<>();
        keeper.all().forEach(each -> all.add(copy(each)));
        for (StoredBlock block : stays.all()) {
            all.add(new Copy(block.home().inodeId(), block.id(), block.epoch()));
        }
        return all;
    }

    @Override
    public List<Copy> takeLost() {
        return keeper.takeLost().stream().map(KeptNear::copy).toList();
    }

    private static Copy copy(Keeper.Copy kept) {
        return new Copy(kept.fileId(), kept.block().id(), kept.block().epoch());
    }

    @Override
    public long mostBytes(Medium medium) {
        return keeper.mostBytes(medium);
    }

    @Override
    public long leftBytes(Medium medium) {
        return keeper.leftBytes(medium);
    }
}
