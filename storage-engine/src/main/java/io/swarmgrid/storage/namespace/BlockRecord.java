package io.swarmgrid.storage.namespace;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.List;

/**
 * What the grid knows of a block. It is changed by the methods here alone, so that none forgets a field.
 *
 * @param fileId the inode that it was written for, where its record stays whichever file has it by now
 * @param offset place of its first byte in the file, bytes
 * @param lengthBytes its length once sealed; the published length while open
 * @param epoch copies of an older epoch are dead
 * @param crc32c over the whole block; 0 while open
 * @param replication how many durable copies there should be
 * @param placementKey decides which nodes should hold it
 * @param holders who has it, as of the last transaction; while open: the chain that writes it, in order
 * @param keeping which near copies there should be
 */
public record BlockRecord(
        BlockId id,
        long fileId,
        long offset,
        long lengthBytes,
        long epoch,
        int crc32c,
        BlockState state,
        int replication,
        long placementKey,
        List<Replica> holders,
        Keeping keeping) {
    public BlockRecord {
        holders = List.copyOf(holders);
    }

    /** One of which no near copies are asked for. */
    public BlockRecord(
            BlockId id,
            long fileId,
            long offset,
            long lengthBytes,
            long epoch,
            int crc32c,
            BlockState state,
            int replication,
            long placementKey,
            List<Replica> holders) {
        this(id, fileId, offset, lengthBytes, epoch, crc32c, state, replication, placementKey, holders, Keeping.NONE);
    }

    /** Names of the nodes of which a durable copy of this epoch is recorded. */
    public List<String> currentHolders() {
        return holders.stream()
                .filter(holder -> holder.durable() && holder.epoch() == epoch)
                .map(Replica::node)
                .toList();
    }

    /** What sealing it established, where it is sealed. */
    public SealedBlock sealed() {
        return new SealedBlock(id, epoch, lengthBytes, crc32c);
    }

    /** As it lies in another file, which took it over. */
    public BlockRecord at(long newOffset) {
        return with(newOffset, lengthBytes, holders);
    }

    /** Had by others. */
    public BlockRecord heldBy(List<Replica> others) {
        return with(offset, lengthBytes, others);
    }

    /** An open one of which readers see so much. */
    public BlockRecord grown(long newLengthBytes) {
        return with(offset, newLengthBytes, holders);
    }

    private BlockRecord with(long newOffset, long newLengthBytes, List<Replica> others) {
        return new BlockRecord(
                id,
                fileId,
                newOffset,
                newLengthBytes,
                epoch,
                crc32c,
                state,
                replication,
                placementKey,
                others,
                keeping);
    }

    /** With so many durable copies to be, and such near ones. */
    public BlockRecord asked(int durableCopies, Keeping nearCopies) {
        return new BlockRecord(
                id,
                fileId,
                offset,
                lengthBytes,
                epoch,
                crc32c,
                state,
                durableCopies,
                placementKey,
                holders,
                nearCopies);
    }

    /** The next epoch of an open one, had by these. */
    public BlockRecord next(List<Replica> survivors) {
        return new BlockRecord(
                id,
                fileId,
                offset,
                lengthBytes,
                epoch + 1,
                crc32c,
                state,
                replication,
                placementKey,
                survivors,
                keeping);
    }

    /** Sealed as it was established, and had by these. */
    public BlockRecord sealed(SealedBlock seal, List<Replica> by) {
        return new BlockRecord(
                id,
                fileId,
                offset,
                seal.lengthBytes(),
                epoch,
                seal.crc32c(),
                BlockState.SEALED,
                replication,
                placementKey,
                by,
                keeping);
    }
}
