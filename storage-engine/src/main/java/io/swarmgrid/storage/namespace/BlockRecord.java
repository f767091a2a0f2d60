package io.swarmgrid.storage.namespace;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.List;

/**
 * What the grid knows of a block.
 *
 * @param fileId the inode that it was written for, where its record stays whichever file has it by now
 * @param offset place of its first byte in the file, bytes
 * @param lengthBytes its length once sealed; the published length while open
 * @param epoch copies of an older epoch are dead
 * @param crc32c over the whole block; 0 while open
 * @param replication how many durable copies there should be
 * @param placementKey decides which nodes should hold it
 * @param holders who has it, as of the last transaction; while open: the chain that writes it, in order
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
        List<Replica> holders) {
    public BlockRecord {
        holders = List.copyOf(holders);
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
        return new BlockRecord(
                id, fileId, newOffset, lengthBytes, epoch, crc32c, state, replication, placementKey, holders);
    }
}
