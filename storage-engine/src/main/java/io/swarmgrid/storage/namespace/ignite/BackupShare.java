package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.backup.BackupDirectory;
import io.swarmgrid.storage.backup.BackupHead;
import io.swarmgrid.storage.backup.BackupPart;
import io.swarmgrid.storage.backup.BackupRoom;
import io.swarmgrid.storage.backup.RestoreGate;
import io.swarmgrid.storage.namespace.ignite.BackupDump.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import javax.annotation.concurrent.GuardedBy;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCheckedException;
import org.apache.ignite.internal.IgniteEx;
import org.jspecify.annotations.Nullable;

/** What this node does for the backups that any node asks for. Thread-safe. */
final class BackupShare {
    private static final long CHANGES_END_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 20_000_000L;
    private static final int PAGE_BYTES = 512 << 10;

    private final Ignite ignite;
    private final Path own;
    private final Path data;
    private final RestoreGate gate;
    private final BackupRoom room;
    private final String node;

    @GuardedBy("this")
    private @Nullable Reading reading;

    /**
     * @param own where this node writes its parts when no directory is named: {@code IgniteConfiguration.snapshotPath}
     * @param data the node's data directory
     */
    BackupShare(Ignite ignite, RestoreGate gate, Path own, Path data, GridBackups.Disks disks) {
        this.ignite = ignite;
        this.gate = gate;
        this.own = own;
        this.data = data;
        this.node = ignite.cluster().localNode().consistentId().toString();
        this.room = new BackupRoom(disks.volumes(), disks.reserve(), node);
    }

    /**
     * What a node answers.
     *
     * @param parts that were asked for, or were finished
     * @param problems of the part that was checked
     */
    record Answer(String node, String root, List<BackupPart> parts, List<String> problems) {}

    Answer carryOut(BackupOrder order) {
        BackupDirectory directory = directory(order.directory());
        switch (order.kind()) {
            case PREPARE -> {
                directory.prepare(name(order));
                room.require(directory.root(), directory.isBeside(data), BackupSize.estimateBytes(ignite));
            }
            case ROOM -> room.requireStill(directory.root(), directory.isBeside(data));
            case LOOK -> look();
            case SEAL -> {
                return answer(directory, seal(directory, part(order).head()));
            }
            case LIST -> {
                return answer(directory, directory.parts());
            }
            case CHECK -> {
                return new Answer(node, directory.root().toString(), List.of(), check(directory, part(order)));
            }
            case DELETE -> {
                BackupPart part = part(order);
                directory.delete(part.name(), part.node(), part.folder());
            }
            case DISCARD -> directory.delete(name(order), node, folder());
        }
        return answer(directory, List.of());
    }

    private void look() {
        gate.look();
        long deadline = System.nanoTime() + CHANGES_END_NANOS;
        while (!ignite.transactions().localActiveTransactions().isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Where a page of rows begins. */
    record Place(String name, String folder, int partition, long from) {}

    /** A reader that is kept for the next page. */
    private record Reading(Path path, BackupDump dump, BackupDump.@Nullable Rows rows, Place next) {}

    /** Some rows of a backup that is found from here; none behind the last one. */
    synchronized List<Row> rows(@Nullable String directory, Place at) {
        Path path = directory(directory).of(at.name());
        BackupDump.Rows rows = reader(path, at);
        List<Row> page = new ArrayList<>();
        long bytes = 0;
        for (Row row = rows.next(); row != null; row = rows.next()) {
            page.add(row);
            bytes += row.value().length + Long.BYTES;
            if (bytes >= PAGE_BYTES) {
                break;
            }
        }
        keep(
                path,
                page.isEmpty() ? null : rows,
                new Place(at.name(), at.folder(), at.partition(), at.from() + page.size()));
        return page;
    }

    @GuardedBy("this")
    private BackupDump.Rows reader(Path path, Place at) {
        Reading kept = reading;
        if (kept != null && kept.rows != null && kept.path.equals(path) && kept.next.equals(at)) {
            return kept.rows;
        }
        BackupDump dump;
        if (kept != null && kept.path.equals(path)) {
            dump = kept.dump;
            closeRows(kept);
            reading = new Reading(path, dump, null, at);
        } else {
            close();
            dump = new BackupDump(path, ignite);
            reading = new Reading(path, dump, null, at);
        }
        BackupDump.Rows rows = dump.rows(at.folder(), at.partition());
        for (long i = 0; i < at.from() && rows.next() != null; i++) {
            // what came before
        }
        return rows;
    }

    @GuardedBy("this")
    private void keep(Path path, BackupDump.@Nullable Rows rows, Place next) {
        Reading kept = reading;
        if (kept != null) {
            if (rows == null) {
                closeRows(kept);
            }
            reading = new Reading(path, kept.dump, rows, next);
        }
    }

    private static void closeRows(Reading kept) {
        if (kept.rows != null) {
            kept.rows.close();
        }
    }

    /** Closes what was kept for a next page. */
    synchronized void close() {
        Reading kept = reading;
        reading = null;
        if (kept != null) {
            closeRows(kept);
            kept.dump.close();
        }
    }

    private Answer answer(BackupDirectory directory, List<BackupPart> parts) {
        return new Answer(node, directory.root().toString(), parts, List.of());
    }

    private List<BackupPart> seal(BackupDirectory directory, BackupHead head) {
        String folder = folder();
        if (!directory.hasPart(head.name(), folder)) {
            return List.of();
        }
        BackupPart.Content content;
        try (BackupDump dump = new BackupDump(directory.of(head.name()), ignite)) {
            content = new BackupPart.Content(
                    dump.sums(folder), directory.storedBytes(head.name(), folder), directory.isBeside(data));
        }
        BackupPart part = BackupPart.of(head, node, folder, content);
        directory.seal(part);
        return List.of(part);
    }

    private List<String> check(BackupDirectory directory, BackupPart part) {
        List<String> problems = new ArrayList<>();
        try (BackupDump dump = new BackupDump(directory.of(part.name()), ignite)) {
            List<BackupPart.Sum> found = dump.sums(part.folder());
            for (BackupPart.Sum sum : part.sums()) {
                if (!found.contains(sum)) {
                    problems.add("partition " + sum.partition() + " is not as it was written");
                }
            }
        } catch (GridException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    private BackupDirectory directory(@Nullable String named) {
        return new BackupDirectory(named == null ? own : Path.of(named), node);
    }

    /** Where Ignite puts what is this node's. */
    private String folder() {
        try {
            return ((IgniteEx) ignite)
                    .context()
                    .pdsFolderResolver()
                    .resolveFolders()
                    .folderName();
        } catch (IgniteCheckedException e) {
            throw new GridException(ErrorCode.INTERNAL, "the metadata engine does not say its directory", e);
        }
    }

    private static String name(BackupOrder order) {
        return Objects.requireNonNull(order.name(), "name");
    }

    private static BackupPart part(BackupOrder order) {
        return Objects.requireNonNull(order.part(), "part");
    }
}
