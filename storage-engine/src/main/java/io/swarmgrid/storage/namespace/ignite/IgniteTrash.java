package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.TrashEntry;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Trash;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The trash, partition by partition: each row lies with what was removed. Thread-safe. */
final class IgniteTrash implements Trash {
    private static final int MAX_PAGE = 10_000;
    private static final long FROM_THE_FIRST = -1;

    private final Runner runner;
    private final Publishing directories;
    private final Clock clock;
    private final Duration grace;
    private final int partitions;

    IgniteTrash(Runner runner, Publishing directories, Clock clock, Duration grace, int partitions) {
        this.runner = runner;
        this.directories = directories;
        this.clock = clock;
        this.grace = grace;
        this.partitions = partitions;
    }

    /** Where a page ended: {@code <partition>.<id>}. */
    private record Place(int partition, long afterId) {
        static Place parse(@Nullable String text) {
            if (text == null) {
                return new Place(0, FROM_THE_FIRST);
            }
            int dot = text.indexOf('.');
            try {
                return new Place(
                        Integer.parseInt(text.substring(0, Math.max(0, dot))), Long.parseLong(text.substring(dot + 1)));
            } catch (NumberFormatException e) {
                throw GridException.invalid("bad place in the trash: " + text);
            }
        }

        @Override
        public String toString() {
            return partition + "." + afterId;
        }
    }

    @Override
    public Page list(GridPath below, @Nullable String after, int limit) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw GridException.invalid("bad page size: " + limit + " (1 to " + MAX_PAGE + ")");
        }
        Place at = Place.parse(after);
        List<TrashEntry> entries = new ArrayList<>();
        while (at.partition < partitions) {
            if (entries.size() >= limit) {
                return new Page(entries, at.toString());
            }
            int partition = at.partition;
            TrashStep step = new TrashStep(partition, below, at.afterId, limit - entries.size());
            TrashStep.Page page = Runner.untilFresh(
                    () -> TrashStep.decode(runner.readPrimary(Ids.home(partition), step), grace.toMillis()));
            entries.addAll(page.entries());
            at = page.lastId() < 0 ? new Place(partition + 1, FROM_THE_FIRST) : new Place(partition, page.lastId());
        }
        return new Page(entries, null);
    }

    @Override
    public FileStatus restore(long id, @Nullable GridPath to, String owner, @Nullable OperationId operation) {
        if (!Ids.isInode(id)) {
            throw RestoreTrashStep.notThere(id);
        }
        return Runner.untilFresh(() -> {
            byte[] done = operation == null ? null : IgniteFiles.recall(runner, operation);
            if (done == null) {
                GridPath target = to == null ? pathOf(id) : to;
                refuse(target);
                PathWalk.Place place = directories.placeMade(target, owner, 0);
                done = runner.change(id, new RestoreTrashStep(id, place, operation, clock.millis()));
            }
            return Outcome.decode(done).entry();
        });
    }

    private static void refuse(GridPath target) {
        if (Staged.isFixed(target) || target.startsWith(Files.STAGING)) {
            throw Problems.invalid("cannot restore to " + target, target.toString());
        }
    }

    private GridPath pathOf(long id) {
        return runner.look(tables -> {
            Inode inode = TrashStep.of(tables, id);
            if (inode == null) {
                throw RestoreTrashStep.notThere(id);
            }
            return TrashStep.path(tables, id, inode);
        });
    }

    @Override
    public long empty(GridPath below, long untilMs) {
        long entries = 0;
        for (int partition = 0; partition < partitions; partition++) {
            long home = Ids.home(partition);
            long afterId = FROM_THE_FIRST;
            do {
                EmptyTrashStep step = new EmptyTrashStep(partition, below, untilMs, afterId);
                EmptyTrashStep.Done done = Runner.untilFresh(() -> EmptyTrashStep.decode(runner.change(home, step)));
                entries += done.entries();
                afterId = done.lastId();
            } while (afterId >= 0);
        }
        return entries;
    }
}
