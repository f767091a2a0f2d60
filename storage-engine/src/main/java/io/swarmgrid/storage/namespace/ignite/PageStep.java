package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the copy of a partition, on the node that it is sent to, has of a cache between two keys, up to a number of rows. */
final class PageStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int ROW_BYTES = 64;

    private final int partition;
    private final String cache;
    private final byte @Nullable [] after;
    private final byte @Nullable [] upTo;
    private final int limit;

    /**
     * @param after what comes before the first row; nothing for the beginning
     * @param upTo the last row at most; nothing for the end
     */
    PageStep(int partition, String cache, @Nullable RowKey after, @Nullable RowKey upTo, int limit) {
        this.partition = partition;
        this.cache = cache;
        this.after = after == null ? null : after.octets();
        this.upTo = upTo == null ? null : upTo.octets();
        this.limit = limit;
    }

    /** @param page nothing where the node has no copy */
    record Answer(String node, Optional<RowPage> page) {}

    @Override
    byte[] run(Tables tables) {
        Optional<RowPage> page = Shares.of(here(), PartitionCopies.class)
                .page(
                        partition,
                        cache,
                        after == null ? null : new RowKey(after),
                        upTo == null ? null : new RowKey(upTo),
                        limit);
        List<RowPage.Row> rows = page.map(RowPage::rows).orElse(List.of());
        RecordWriter out = new RecordWriter(ROW_BYTES * (rows.size() + 1))
                .text(here().cluster().localNode().consistentId().toString())
                .flag(page.isPresent())
                .flag(page.map(RowPage::more).orElse(false))
                .count(rows.size());
        rows.forEach(row -> out.octets(row.key().octets()).fixed(row.digest()));
        return out.done();
    }

    static Answer decode(byte[] answer) {
        RecordReader in = new RecordReader(answer);
        String node = in.text();
        boolean here = in.flag();
        boolean more = in.flag();
        int count = in.size();
        List<RowPage.Row> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            rows.add(new RowPage.Row(new RowKey(in.octets()), in.fixed()));
        }
        return new Answer(node, here ? Optional.of(new RowPage(rows, more)) : Optional.empty());
    }
}
