package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.BackupInfo;
import io.swarmgrid.client.wire.BackupResult;
import io.swarmgrid.storage.backup.BackupHead;
import io.swarmgrid.storage.backup.BackupPart;
import io.swarmgrid.storage.namespace.ignite.FoundBackup.Found;
import io.swarmgrid.storage.run.SingleRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.internal.processors.cache.persistence.snapshot.IgniteSnapshotManager;
import org.apache.ignite.lang.IgniteFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Ignite's dump, not its snapshot: the rows of one moment in the transactions of the whole grid, each with a checksum, in plain
 * files that any node can read row by row. A snapshot is of pages: it can only be put back as a whole, into a grid of the same
 * nodes whose caches were destroyed before. Whoever updates a row while it is being dumped first writes the former one into the
 * dump, so nothing waits for it but one exchange.
 */
/** Makes a backup, or checks one. Confined to one thread, but for {@link #result}. */
final class BackupRun implements SingleRun.Run {
    private static final Logger LOG = LoggerFactory.getLogger(BackupRun.class);
    private static final long PATIENCE_HOURS = 6;
    private static final long LOOK_MS = 1000;
    private static final long BREAK_OFF_MS = 60_000;

    private final Ignite ignite;
    private final BackupNodes nodes;
    private final String id;
    private final String what;
    private final Consumer<BackupRun> work;
    private volatile Seen seen = new Seen(BackupResult.RUNNING, "beginning", null, List.of(), List.of());

    private record Seen(
            String state, String phase, @Nullable BackupInfo backup, List<String> removed, List<String> problems) {}

    /** @param work what {@link #make} or {@link #check} is part of */
    BackupRun(Ignite ignite, String id, String what, Consumer<BackupRun> work) {
        this.ignite = ignite;
        this.nodes = new BackupNodes(ignite);
        this.id = id;
        this.what = what;
        this.work = work;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String what() {
        return what;
    }

    @Override
    public String asked() {
        return "";
    }

    @Override
    public String outcome() {
        Seen now = seen;
        return "state=" + now.state + ", phase=" + now.phase + ", backup="
                + (now.backup == null ? "none" : now.backup.name());
    }

    @Override
    public void run() {
        work.accept(this);
    }

    /** How far it is. Any thread. */
    BackupResult result() {
        Seen now = seen;
        return new BackupResult(id, now.state, now.phase, now.backup, now.removed, now.problems);
    }

    @Override
    public void fail(String why) {
        seen = new Seen(BackupResult.FAILED, why, seen.backup, seen.removed, seen.problems);
    }

    /**
     * Makes one.
     *
     * @param wanted what its parts are to say of it, but for who writes them
     * @param keep how many stay; 0 for all
     * @return what it is
     */
    BackupInfo make(@Nullable String directory, BackupHead wanted, int keep) {
        phase("looking whether every node can write it");
        nodes.all(BackupOrder.of(BackupOrder.Kind.PREPARE, directory, wanted.name()));
        phase("writing the metadata of this moment");
        dump(
                directory,
                wanted.name()); // what it fails to write is taken back by Ignite; what is there may be another's
        boolean whole = false;
        try {
            GridException full = full(directory);
            if (full != null) {
                throw full;
            }
            phase("reading what was written");
            FoundBackup backup = sealed(directory, wanted);
            BackupInfo info = backup.info();
            whole = true;
            seen = new Seen(BackupResult.RUNNING, "deleting older ones", info, List.of(), List.of());
            List<String> removed = keep == 0 ? List.of() : prune(directory, wanted, keep);
            seen = new Seen(BackupResult.DONE, "done", info, removed, List.of());
            return info;
        } finally {
            if (!whole) {
                discard(directory, wanted.name());
            }
        }
    }

    /** Reads all of what the nodes that are up have of a backup. */
    void check(@Nullable String directory, FoundBackup backup) {
        List<String> problems = new ArrayList<>();
        for (Found found : backup.parts()) {
            seen = new Seen(
                    BackupResult.RUNNING,
                    "reading the part of node " + found.part().node(),
                    backup.info(),
                    List.of(),
                    List.copyOf(problems));
            nodes.one(found.seenBy(), BackupOrder.of(BackupOrder.Kind.CHECK, directory, found.part()))
                    .problems()
                    .forEach(problem ->
                            problems.add("part of node " + found.part().node() + ": " + problem));
        }
        backup.contradictions()
                .forEach(partition -> problems.add("parts say different things of partition " + partition));
        seen = new Seen(BackupResult.DONE, "done", backup.info(), List.of(), problems);
    }

    private void phase(String what) {
        seen = new Seen(BackupResult.RUNNING, what, null, List.of(), List.of());
    }

    private void dump(@Nullable String directory, String name) {
        IgniteSnapshotManager snapshots =
                ((IgniteEx) ignite).context().cache().context().snapshotMgr();
        try {
            IgniteFuture<Void> written = snapshots.createSnapshot(
                    name, directory, List.of(NamespaceCaches.GROUP), false, false, true, false, false);
            long deadline = System.nanoTime() + TimeUnit.HOURS.toNanos(PATIENCE_HOURS);
            while (!hasEnded(written)) {
                if (System.nanoTime() > deadline) {
                    snapshots.cancelSnapshot(name);
                    throw new GridException(
                            ErrorCode.TIMEOUT, "the backup was not written within " + PATIENCE_HOURS + " h: " + name);
                }
                GridException full = full(directory);
                if (full != null) {
                    snapshots.cancelSnapshot(name);
                    awaitBrokenOff(written);
                    discard(directory, name);
                    throw full;
                }
            }
        } catch (IgniteException e) {
            throw failed(name, e);
        }
    }

    /** @throws IgniteException where it has failed */
    private static boolean hasEnded(IgniteFuture<Void> written) {
        try {
            written.get(LOOK_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (IgniteException e) {
            // Ignite wraps all alike: that the time is up, that it has failed, and that this run is to end.
            if (written.isDone()) {
                written.get();
                return true;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return false;
        }
    }

    private static void awaitBrokenOff(IgniteFuture<Void> written) {
        try {
            written.get(BREAK_OFF_MS, TimeUnit.MILLISECONDS);
        } catch (IgniteException e) {
            LOG.debug("a backup was broken off: {}", e.getMessage());
        }
    }

    /** What a node says whose disk runs full; what else keeps it from telling is told by the writing itself. */
    private @Nullable GridException full(@Nullable String directory) {
        try {
            nodes.all(BackupOrder.of(BackupOrder.Kind.ROOM, directory, (String) null));
            return null;
        } catch (GridException e) {
            if (e.code() == ErrorCode.NO_SPACE) {
                return e;
            }
            LOG.debug("a node does not say how full its disk is: {}", e.getMessage());
            return null;
        }
    }

    private static GridException failed(String name, IgniteException e) {
        String text = String.valueOf(e.getMessage());
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("previous snapshot")
                || lower.contains("parallel snapshot")
                || lower.contains("in progress")) {
            return new GridException(
                    ErrorCode.CONFLICT, "another backup is being made: " + text, null, "wait for its end", e);
        }
        if (lower.contains("already exists")) {
            return new GridException(
                    ErrorCode.ALREADY_EXISTS,
                    "there is a backup " + name + " already: " + text,
                    null,
                    "give it another name",
                    e);
        }
        if (lower.contains("no space left")) {
            return new GridException(
                    ErrorCode.NO_SPACE,
                    "the backup does not fit: name=" + name + ": " + text,
                    null,
                    "free space, name another directory, or keep fewer",
                    e);
        }
        boolean topology = lower.contains("left the cluster") || lower.contains("topology");
        return new GridException(
                topology ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                "the backup could not be written: name=" + name + ": " + text,
                null,
                topology ? "a node was lost or came meanwhile: begin it again" : "the nodes' logs say more",
                e);
    }

    private FoundBackup sealed(@Nullable String directory, BackupHead wanted) {
        BackupPart part = BackupPart.of(wanted.writtenBy(nodes.names()));
        List<FoundBackup> found = FoundBackup.of(nodes.all(BackupOrder.of(BackupOrder.Kind.SEAL, directory, part)));
        if (found.isEmpty()) {
            throw new GridException(ErrorCode.INTERNAL, "no node has written a part: name=" + wanted.name());
        }
        FoundBackup backup = found.get(0);
        if (!backup.missing().isEmpty()) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "no node had these partitions of the metadata: " + backup.missing(),
                    null,
                    "swarm grid status names the nodes that are waited for",
                    null);
        }
        if (!backup.contradictions().isEmpty()) {
            throw new GridException(
                    ErrorCode.INTERNAL, "the nodes' parts differ: partitions=" + backup.contradictions());
        }
        return backup;
    }

    private List<String> prune(@Nullable String directory, BackupHead made, int keep) {
        List<String> removed = new ArrayList<>();
        List<FoundBackup> all =
                FoundBackup.of(nodes.all(BackupOrder.of(BackupOrder.Kind.LIST, directory, (String) null)));
        List<FoundBackup> ours = all.stream()
                .filter(each -> each.head().gridId().equals(made.gridId()))
                .filter(each -> each.head().createdMs() <= made.createdMs())
                .toList();
        for (FoundBackup old : ours.subList(Math.min(keep, ours.size()), ours.size())) {
            for (Found found : old.parts()) {
                nodes.one(found.seenBy(), BackupOrder.of(BackupOrder.Kind.DELETE, directory, found.part()));
            }
            removed.add(old.head().name());
            LOG.info("backup deleted: name={}, kept={}", old.head().name(), keep);
        }
        return removed;
    }

    private void discard(@Nullable String directory, String name) {
        try {
            nodes.all(BackupOrder.of(BackupOrder.Kind.DISCARD, directory, name));
        } catch (GridException e) {
            LOG.warn("an unfinished backup may be left: name={}, problem={}", name, e.getMessage());
        }
    }
}
