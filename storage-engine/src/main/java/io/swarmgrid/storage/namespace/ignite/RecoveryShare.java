package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.journal.NamesJournal;
import io.swarmgrid.storage.journal.NamesJournal.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this node gives to a recovery, page by page: its journal of names and a list of its blocks. Thread-safe. */
final class RecoveryShare {
    private static final int NAMES_PAGE_BYTES = 512 << 10;
    private static final int BLOCKS_PAGE = 4000;

    private final NamesJournal journal;
    private final BlockStore blocks;

    RecoveryShare(NamesJournal journal, BlockStore blocks) {
        this.journal = journal;
        this.blocks = blocks;
    }

    /** A page of records. */
    record Names(
            List<NameRecord> records, int damaged, @Nullable Place next) {}

    byte[] names(Place from) {
        NamesJournal.Page page = journal.read(from, NAMES_PAGE_BYTES);
        RecordWriter out = new RecordWriter(NAMES_PAGE_BYTES);
        out.count(page.damaged()).flag(page.next() != null);
        Place next = page.next();
        if (next != null) {
            out.count(next.file()).count(next.offset());
        }
        out.count(page.records().size());
        for (NameRecord each : page.records()) {
            out.fixed(each.id()).fixed(each.stamp()).fixed(each.writtenMs()).optionalOctets(each.value());
        }
        return out.done();
    }

    static Names decodeNames(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        int damaged = (int) in.count();
        Place next = in.flag() ? new Place((int) in.count(), in.count()) : null;
        int count = in.size();
        List<NameRecord> records = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            records.add(new NameRecord(in.fixed(), in.fixed(), in.fixed(), in.optionalOctets()));
        }
        return new Names(records, damaged, next);
    }

    /** Sealed blocks with higher ids than this one, in order. */
    byte[] blocks(long after) {
        List<FoundBlock> page = blocks.list().stream()
                .filter(block -> block.sealed() && block.id().value() > after)
                .sorted(Comparator.comparing(StoredBlock::id))
                .limit(BLOCKS_PAGE)
                .map(FoundBlock::of)
                .toList();
        RecordWriter out = new RecordWriter(64 * page.size() + 16).count(page.size());
        page.forEach(block -> block.encode(out));
        return out.done();
    }

    static List<FoundBlock> decodeBlocks(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        int count = in.size();
        List<FoundBlock> page = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            page.add(FoundBlock.decode(in));
        }
        return page;
    }

    /** The last of a page, to ask for the next one; null after the last page. */
    static @Nullable BlockId last(List<FoundBlock> page) {
        return page.isEmpty() ? null : page.get(page.size() - 1).id();
    }
}
