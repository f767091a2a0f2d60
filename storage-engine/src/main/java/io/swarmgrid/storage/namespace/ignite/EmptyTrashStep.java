package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;

/**
 * Has a part of what a partition has in the trash taken back now: the rows say so, the rest is done in the background. Runs on its
 * primary; a second run finds what is left.
 */
final class EmptyTrashStep extends Step {
    private static final long serialVersionUID = 1L;

    /** Rows that are looked at in one step. */
    private static final int ROWS = 4096;

    private static final int ROWS_A_TRANSACTION = 64;

    private final int partition;
    private final String below;
    private final long untilMs;
    private final long afterId;

    EmptyTrashStep(int partition, GridPath below, long untilMs, long afterId) {
        this.partition = partition;
        this.below = below.toString();
        this.untilMs = untilMs;
        this.afterId = afterId;
    }

    /** @param lastId after which to go on; -1 where there is no more */
    record Done(long entries, long lastId) {}

    @Override
    byte[] run(Tables tables) {
        if (!tables.isPrimary(Ids.home(partition))) {
            throw new StaleException("partition has moved");
        }
        NavigableMap<Long, Doomed> rows = TrashStep.rows(tables, partition, afterId, ROWS);
        GridPath top = GridPath.parse(below);
        List<Long> meant = new ArrayList<>();
        rows.forEach((id, doomed) -> {
            Inode inode = doomed.sinceMs() <= untilMs ? TrashStep.of(tables, id) : null;
            if (inode != null && TrashStep.isShown(TrashStep.path(tables, id, inode), top)) {
                meant.add(id);
            }
        });
        long entries = 0;
        for (int from = 0; from < meant.size(); from += ROWS_A_TRANSACTION) {
            List<Long> some = meant.subList(from, Math.min(meant.size(), from + ROWS_A_TRANSACTION));
            entries += tables.changeFiles(() -> giveUp(tables, some));
        }
        return new RecordWriter(16)
                .count(entries)
                .fixed(rows.size() < ROWS ? -1 : rows.lastKey())
                .done();
    }

    private static int giveUp(Tables tables, List<Long> ids) {
        int count = 0;
        for (Long id : ids) {
            Doomed doomed = tables.doomed(id);
            if (doomed != null && doomed.isInTrash()) {
                tables.doomed(id, doomed.forGood());
                count++;
            }
        }
        return count;
    }

    static Done decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        return new Done(in.count(), in.fixed());
    }
}
