package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.ignite.BackupDump.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a node for a page of the rows of a backup that it finds. */
final class BackupRowsStep extends Step {
    private static final long serialVersionUID = 1L;

    /** Short ways to write the names of the caches. */
    private static final List<String> CACHES = List.of(
            NamespaceCaches.DENTRIES,
            NamespaceCaches.INODES,
            NamespaceCaches.INLINE,
            NamespaceCaches.BLOCKS,
            NamespaceCaches.TRASH);

    private final @Nullable String directory;
    private final String name;
    private final String folder;
    private final int partition;
    private final long from;

    /** @param from the number of the first row of the page within the partition */
    BackupRowsStep(@Nullable String directory, String name, String folder, int partition, long from) {
        this.directory = directory;
        this.name = name;
        this.folder = folder;
        this.partition = partition;
        this.from = from;
    }

    /** Some rows; the next page begins behind them unless they are none. */
    static List<Row> decode(byte[] page) {
        RecordReader in = new RecordReader(page);
        int count = (int) in.count();
        List<Row> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(new Row(CACHES.get(in.octet()), in.fixed(), 0, in.octets()));
        }
        return rows;
    }

    static byte[] encode(List<Row> rows) {
        RecordWriter out = new RecordWriter(64 << 10).count(rows.size());
        rows.forEach(
                row -> out.octet(CACHES.indexOf(row.cache())).fixed(row.id()).octets(row.value()));
        return out.done();
    }

    @Override
    byte[] run(Tables tables) {
        return encode(Shares.of(here(), BackupShare.class)
                .rows(directory, new BackupShare.Place(name, folder, partition, from)));
    }
}
