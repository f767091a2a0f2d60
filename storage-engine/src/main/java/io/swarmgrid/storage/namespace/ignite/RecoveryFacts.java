package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes' disks say, put together: of each inode the latest record, of each block the copies. In memory are the heads
 * of the records, not the bytes of small files nor attributes. Confined to one thread.
 */
final class RecoveryFacts {
    private final HeapShare heap;
    private final TreeMap<Long, Head> heads = new TreeMap<>();
    private final Map<BlockId, List<Copy>> copies = new HashMap<>();
    private final Map<Long, Rank> ranks = new HashMap<>();
    private final Set<Long> left = new HashSet<>();
    private final Set<Long> displaced = new HashSet<>();
    private final Set<BlockId> superseded = new HashSet<>();
    private long lastBlock;
    private long era;

    /** Which of several inodes has a name that all are to have: the first rank before the others. */
    enum Rank {
        FIRST,
        LATER,
        BROKEN
    }

    /** What counts of a record for the tree. */
    record Head(
            long stamp,
            boolean removed,
            EntryKind kind,
            Inode.Link link,
            boolean open,
            long version,
            long modifiedMs,
            long lengthBytes,
            List<BlockRecord> blocks) {
        static Head removed(long stamp) {
            return new Head(stamp, true, EntryKind.FILE, new Inode.Link(0, ""), false, 0, 0, 0, List.of());
        }

        static Head of(long stamp, NameValue value) {
            Inode inode = value.inode();
            return new Head(
                    stamp,
                    false,
                    inode.kind(),
                    inode.link(),
                    inode.content().lease() != null,
                    inode.revision().version(),
                    inode.revision().modifiedMs(),
                    inode.content().lengthBytes(),
                    value.blocks().stream().map(inode.content()::placed).toList());
        }

        boolean isFile() {
            return kind == EntryKind.FILE;
        }
    }

    /** A block on a node. */
    record Copy(String node, FoundBlock block) {}

    /** @param heap what all of this is held in */
    RecoveryFacts(HeapShare heap) {
        this.heap = heap;
    }

    /** Takes a record, whichever node wrote it, in any order and as often as one likes. */
    void add(NameRecord record) {
        Head known = heads.get(record.id());
        if (known == null || record.stamp() > known.stamp()) {
            byte[] value = record.value();
            Head head = value == null ? Head.removed(record.stamp()) : Head.of(record.stamp(), NameValue.decode(value));
            hold(known, head);
            heads.put(record.id(), head);
            era = Math.max(era, Stamps.era(record.stamp()));
            head.blocks()
                    .forEach(block -> lastBlock = Math.max(lastBlock, block.id().value()));
        }
    }

    private void hold(@Nullable Head known, Head head) {
        if (known == null) {
            heap.entry(HeapShare.HEAD_BYTES, head.link().name());
        }
        heap.blocks(Math.max(
                0, head.blocks().size() - (known == null ? 0 : known.blocks().size())));
    }

    /** Takes a block that is whole, as far as a node looked. */
    void add(String node, FoundBlock block) {
        heap.copy(block);
        copies.computeIfAbsent(block.id(), id -> new ArrayList<>(2)).add(new Copy(node, block));
        lastBlock = Math.max(lastBlock, block.id().value());
    }

    /** What the plan holds besides. */
    HeapShare heap() {
        return heap;
    }

    // What a restore knows besides.

    /** What is to be, whatever a journal says. */
    void put(long id, Head head, Rank rank) {
        hold(null, head);
        heads.put(id, head);
        ranks.put(id, rank);
    }

    Rank rank(long id) {
        return ranks.getOrDefault(id, Rank.FIRST);
    }

    /** An inode is there as it is to be: what it lacks is nothing new. */
    void leave(long id) {
        left.add(id);
    }

    boolean isLeft(long id) {
        return left.contains(id);
    }

    /** An inode must not stay in its directory. */
    void displace(long id) {
        displaced.add(id);
    }

    boolean isDisplaced(long id) {
        return displaced.contains(id);
    }

    /** A block is no part any more of the file that had it. */
    void supersede(BlockId block) {
        superseded.add(block);
    }

    boolean isSuperseded(BlockId block) {
        return superseded.contains(block);
    }

    /** Whether only a part of the blocks is to be looked after: others may be known to the tables. */
    boolean isRestore() {
        return !ranks.isEmpty();
    }

    /** The highest era of a record. */
    long era() {
        return era;
    }

    /** In order of id. */
    Map<Long, Head> heads() {
        return heads;
    }

    @Nullable
    Head head(long id) {
        return heads.get(id);
    }

    Collection<List<Copy>> blocks() {
        return copies.values();
    }

    /** The highest block id that was seen. */
    long lastBlock() {
        return lastBlock;
    }

    /** A block of a record with whoever has exactly that: an older epoch, or other bytes, are no copy. */
    BlockRecord held(BlockRecord block) {
        List<Replica> holders = new ArrayList<>();
        for (Copy copy : copies.getOrDefault(block.id(), List.of())) {
            FoundBlock found = copy.block();
            if (found.epoch() == block.epoch()
                    && found.lengthBytes() == block.lengthBytes()
                    && found.crc32c() == block.crc32c()
                    && found.home().inodeId() == block.fileId()
                    && holders.stream().noneMatch(holder -> holder.node().equals(copy.node()))) {
                holders.add(new Replica(copy.node(), found.epoch()));
            }
        }
        return block.heldBy(holders);
    }
}
