package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Writerless;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import io.swarmgrid.storage.replica.ReplicaOrder;
import io.swarmgrid.storage.replica.SealedReplica;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The metadata has fenced the writer; now it raises the epoch of each block that is not sealed, and only then are its holders asked: each
 * takes the block from whoever writes it there, keeps the new epoch and ends it. What they say they have cannot grow any more. The file
 * ends at the longest length that all of them have who have at least what readers saw; who has less lost it, and is left out. So is who
 * has less than the writer was told is kept, as long as somebody has that.
 */
/** The end of the blocks of one visible file that was taken from its writer. Used by one thread. */
final class Settling {
    private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

    private final FileMetadata metadata;
    private final DataPath path;
    private final CallContext context;
    private final Writerless taken;
    private final WriteJob job;
    private final long keptBytes;
    private final boolean endsAnyway;
    private final List<BlockRecord> kept = new ArrayList<>();
    private long end;
    /** Whether what readers saw is lost for good, and the file ends before. */
    private boolean lost;

    /** What the writer was told is kept, where he is not there: then a file is ended also where a part of it is lost for good. */
    static final long NOBODY_KNOWS = -1;

    /** @param keptBytes what the writer was told is kept, or {@link #NOBODY_KNOWS} */
    Settling(FileMetadata metadata, DataPath path, CallContext context, Writerless taken, long keptBytes) {
        this.metadata = metadata;
        this.path = path;
        this.context = context;
        this.taken = taken;
        this.job = new WriteJob(path, metadata, context, taken.file());
        this.keptBytes = Math.max(0, keptBytes);
        this.endsAnyway = keptBytes == NOBODY_KNOWS;
    }

    /**
     * Seals all blocks that belong to the file.
     *
     * @throws GridException UNAVAILABLE where no living node has all that readers saw, or the writer was told is kept, and it may be
     *     there still, or he waits for it
     */
    LeftFile run() {
        List<BlockRecord> blocks = taken.blocks();
        List<BlockRecord> unseen = blocks.subList(taken.shown(), blocks.size());
        for (int i = 0; i < taken.shown(); i++) {
            boolean last = i + 1 == taken.shown();
            shown(blocks.get(i), last ? taken.lengthBytes() : blocks.get(i + 1).offset(), unseen);
        }
        while (goOn(unseen)) {
            // until none begins where the one before ended
        }
        byte[] inline = new byte[0];
        if (taken.shown() == 0 && end < taken.lengthBytes()) {
            kept.clear();
            inline = inline();
            end = inline.length;
        }
        requireAll();
        return new LeftFile(kept, end, taken.lengthBytes(), inline);
    }

    /** What is kept in the metadata, of a file whose blocks have less. */
    private byte[] inline() {
        byte[] bytes = metadata.layout(taken.file().fileId()).inline();
        return bytes == null ? new byte[0] : bytes;
    }

    private void requireAll() {
        if (end < taken.lengthBytes() && !lost) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "only " + end + " of " + taken.lengthBytes() + " bytes that were seen are there: "
                            + taken.file().path());
        }
        if (end < keptBytes) {
            throw missing(keptBytes + " bytes that its writer was told are kept, but only " + end, List.of());
        }
    }

    /** A block that readers saw, up to a place in the file: there the next one begins, or it is the last one. */
    private void shown(BlockRecord block, long seenUpTo, List<BlockRecord> unseen) {
        if (block.state() == BlockState.OPEN) {
            long must = Math.max(seenUpTo - block.offset(), wanted(block, unseen));
            Ended ended = end(block);
            if (ended.has(must)) {
                keep(seal(ended, must));
            } else if (endsAnyway && ended.isAll() && seenUpTo == taken.lengthBytes()) {
                keepRest(ended);
            } else if (must > 0) {
                throw missing(must, block);
            }
            return;
        }
        kept.add(block);
        end = isWrittenOn(block, seenUpTo, unseen) ? block.offset() + block.lengthBytes() : seenUpTo;
    }

    /** Every node that had the last block is there, and has lost of it: none will come with more. */
    private void keepRest(Ended ended) {
        long longest = ended.copies().stream()
                .mapToLong(SealedReplica::lengthBytes)
                .max()
                .orElse(0);
        LOG.error(
                "bytes that readers saw are lost on all nodes that had them: path={} block={} left_bytes={} nodes={}",
                taken.file().path(),
                ended.block().id(),
                longest,
                WriteJob.holders(ended.block()));
        if (longest > 0) {
            keep(seal(ended, longest));
        }
        lost = true;
    }

    /**
     * Whether what a sealed block has behind the end of the file is its writer's, who was told that it is kept, and not what a truncation
     * left. He writes behind that in a block of its own.
     */
    private boolean isWrittenOn(BlockRecord block, long seenUpTo, List<BlockRecord> unseen) {
        return seenUpTo == taken.lengthBytes()
                && keptBytes > seenUpTo
                && block.offset() + block.lengthBytes() > seenUpTo
                && unseen.stream().noneMatch(next -> next.offset() == seenUpTo);
    }

    /**
     * Goes on with the block that begins where the file ends so far. Of several all but one were given up: the longest is it, of those
     * that have what the writer was told is kept. Copies that lost some of that count for nothing.
     */
    private boolean goOn(List<BlockRecord> unseen) {
        List<BlockRecord> next =
                unseen.stream().filter(block -> block.offset() == end).toList();
        List<Ended> all = next.stream().map(this::end).toList();
        long must = next.isEmpty() ? 0 : wanted(next.get(0), unseen);
        List<Ended> whole = all.stream().filter(each -> each.has(must)).toList();
        if (must > 0 && whole.isEmpty()) {
            throw missing(must, next.get(0));
        }
        BlockRecord longest = null;
        for (Ended each : whole) {
            BlockRecord sealed = seal(each, must);
            if (longest == null || sealed.lengthBytes() > longest.lengthBytes()) {
                longest = sealed;
            }
        }
        if (longest == null || longest.lengthBytes() == 0) {
            return false;
        }
        keep(longest);
        return true;
    }

    /** How much of a block was told to be kept. */
    private long wanted(BlockRecord block, List<BlockRecord> unseen) {
        long upTo = unseen.stream()
                .mapToLong(BlockRecord::offset)
                .filter(offset -> offset > block.offset())
                .min()
                .orElse(Long.MAX_VALUE);
        return Math.max(0, Math.min(upTo, keptBytes) - block.offset());
    }

    private void keep(BlockRecord block) {
        if (block.lengthBytes() > 0) {
            kept.add(block);
            end = block.offset() + block.lengthBytes();
        }
    }

    /**
     * A block that nobody writes any more.
     *
     * @param copies what there is of one that is not sealed, perhaps of different lengths; none is empty
     * @param isAll whether nothing of it can be anywhere else
     */
    private record Ended(BlockRecord block, List<SealedReplica> copies, boolean isAll) {
        boolean has(long bytes) {
            return block.state() == BlockState.SEALED
                    ? block.lengthBytes() >= bytes
                    : copies.stream().anyMatch(copy -> copy.lengthBytes() >= bytes);
        }
    }

    private Ended end(BlockRecord block) {
        if (block.state() == BlockState.SEALED) {
            return new Ended(block, List.of(), false);
        }
        List<String> holders = WriteJob.holders(block);
        BlockRecord next = metadata.bumpEpoch(taken.file(), block.id(), holders);
        List<String> silent = new ArrayList<>(holders);
        List<SealedReplica> copies = ask(next, holders, BlockStore.ALL, 1, silent::remove);
        return new Ended(next, copies, silent.isEmpty() && !holders.isEmpty());
    }

    /** Seals a block, of the copies that have so much, one of which there is. */
    private BlockRecord seal(Ended ended, long atLeast) {
        BlockRecord next = ended.block();
        if (next.state() == BlockState.SEALED) {
            return next;
        }
        List<SealedReplica> copies = longEnough(ended.copies(), atLeast);
        long common =
                copies.stream().mapToLong(SealedReplica::lengthBytes).min().orElse(0);
        if (copies.stream().anyMatch(copy -> copy.lengthBytes() != common)) {
            List<String> nodes = copies.stream().map(SealedReplica::node).toList();
            next = metadata.bumpEpoch(taken.file(), next.id(), WriteJob.holders(next));
            copies = ask(next, nodes, common, common, node -> {});
        }
        if (copies.isEmpty()) {
            throw missing(atLeast, next);
        }
        int crc = copies.get(0).crc32c();
        List<String> nodes = copies.stream()
                .filter(copy -> copy.crc32c() == crc)
                .map(SealedReplica::node)
                .toList();
        return metadata.seal(taken.file(), new SealedBlock(next.id(), next.epoch(), common, crc), nodes);
    }

    private static List<SealedReplica> longEnough(List<SealedReplica> copies, long atLeast) {
        List<SealedReplica> good = new ArrayList<>();
        for (SealedReplica copy : copies) {
            if (copy.lengthBytes() >= atLeast) {
                good.add(copy);
            } else {
                LOG.warn("copy of an open block is too short: {} wanted_bytes={}", copy, atLeast);
            }
        }
        return good;
    }

    private GridException missing(long bytes, BlockRecord block) {
        return missing(
                "the " + bytes + " bytes that were seen or told to be kept of block=" + block.id(),
                WriteJob.holders(block));
    }

    private GridException missing(String what, List<String> holders) {
        String file = taken.file().path().toString();
        return new GridException(
                ErrorCode.UNAVAILABLE,
                "no living node has " + what + ": path=" + file + (holders.isEmpty() ? "" : ", nodes=" + holders),
                file,
                "bring one of the nodes back",
                null);
    }

    /** @param answered hears of each that has said what it has, if only that it has nothing */
    private List<SealedReplica> ask(
            BlockRecord block, List<String> nodes, long cutTo, long atLeast, Consumer<String> answered) {
        ReplicaOrder order = job.order(block);
        List<SealedReplica> copies = new ArrayList<>();
        for (String name : nodes) {
            Optional<GridNodeInfo> node = path.nodes().find(name);
            if (node.isEmpty()) {
                continue;
            }
            try {
                copies.add(new RemoteBlocks(path).settle(context, node.get(), order, cutTo));
                answered.accept(name);
            } catch (GridException e) {
                if (e.code() == ErrorCode.NOT_FOUND) {
                    answered.accept(name);
                }
                LOG.warn("copy of an open block is lost: {} node={} error={}", order, name, e.getMessage());
            }
        }
        return longEnough(copies, atLeast);
    }
}
