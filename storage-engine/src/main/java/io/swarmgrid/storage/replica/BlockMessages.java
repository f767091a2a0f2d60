package io.swarmgrid.storage.replica;

import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.block.WayHome;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What nodes say to each other about blocks, as JSON in control frames. */
final class BlockMessages {
    private BlockMessages() {}

    /** A further node of a chain. */
    record Hop(String node, String location) {}

    /**
     * The first frame of a WriteBlock.
     *
     * @param resumeBytes go on with the block that is open here, cut to this length; negative to begin it
     * @param chain who follows behind the receiver, in order
     */
    record Open(
            String blockId,
            long epoch,
            long fileId,
            String path,
            long fileOffset,
            Durability durability,
            long reserveBytes,
            long resumeBytes,
            List<Hop> chain) {
        static Open of(ReplicaOrder order, List<Hop> behind) {
            WayHome home = order.home();
            return new Open(
                    order.id().toString(),
                    order.epoch(),
                    home.inodeId(),
                    home.path(),
                    home.offset(),
                    order.durability(),
                    order.reserveBytes(),
                    order.resumeBytes(),
                    behind);
        }

        ReplicaOrder order() {
            return new ReplicaOrder(
                    BlockId.parse(blockId),
                    epoch,
                    new WayHome(fileId, path, fileOffset),
                    durability,
                    reserveBytes,
                    resumeBytes);
        }
    }

    /** No more bytes: seal, and say what you have. */
    record Seal(long lengthBytes) {}

    /** The last answer of a WriteBlock: what the receiver and all behind it have sealed. */
    record Sealed(List<SealedReplica> copies) {}

    /** @param near whether a near copy does, and is asked first; null where only the durable one is meant */
    record Read(
            String blockId,
            long epoch,
            long offset,
            long lengthBytes,
            @Nullable Boolean near) {}

    /** The first answer to a ReadBlock: the whole block, whatever the range. */
    record BlockInfo(long lengthBytes, int crc32c, long fileId, String path, long fileOffset, Durability durability) {
        static BlockInfo of(StoredBlock block) {
            return new BlockInfo(
                    block.lengthBytes(),
                    block.crc32c(),
                    block.home().inodeId(),
                    block.home().path(),
                    block.home().offset(),
                    block.durability());
        }
    }

    /** Asks, on the same machine, for the file of a sealed block. */
    record Lend(String blockId, long epoch) {}

    /** Where the file can be opened until the call ends. */
    record Lent(
            BlockInfo info,
            String file,
            String fileKey,
            @Nullable String machine) {
        boolean isOf(Optional<String> own) {
            return machine != null && own.equals(Optional.of(machine));
        }
    }

    /** @param damaged whether the copy is put aside for inspection instead of deleted */
    record Discard(String blockId, long epoch, boolean damaged) {}

    record Discarded(boolean discarded) {}

    /** @param lengthBytes to which the block is cut; null for all that is there */
    record Settle(Open block, @Nullable Long lengthBytes) {}

    record Settled(long lengthBytes, int crc32c) {}
}
