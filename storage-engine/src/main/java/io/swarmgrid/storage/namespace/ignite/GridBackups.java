package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.BackupInfo;
import io.swarmgrid.client.wire.BackupList;
import io.swarmgrid.client.wire.BackupQuery;
import io.swarmgrid.client.wire.BackupRequest;
import io.swarmgrid.client.wire.BackupResult;
import io.swarmgrid.client.wire.LastBackup;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.storage.backup.BackupDirectory;
import io.swarmgrid.storage.backup.BackupHead;
import io.swarmgrid.storage.backup.BackupMemory;
import io.swarmgrid.storage.backup.BackupRoom;
import io.swarmgrid.storage.backup.RestoreGate;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.run.SingleRun;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes backups of the metadata, lists and checks them. Thread-safe; one run at a time on a node, on a thread of its own,
 * {@code backup}; in the whole grid one backup is made at a time.
 */
public final class GridBackups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GridBackups.class);
    private static final int MAX_KEEP = 10_000;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("'b'yyyyMMdd_HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final SingleRun.Words WORDS = new SingleRun.Words(
            "backup",
            id -> "this node is at another backup, or at the check of one",
            "this node is not at that backup, nor was it the last one",
            "swarm backup --list shows whether it came about");

    private final Ignite ignite;
    private final Nodes nodes;
    private final BackupMemory memory;
    private final Owner owner;
    private final Clock clock;
    private final SingleRun<BackupRun> runs = new SingleRun<>(WORDS);
    private volatile @Nullable BackupShare share;

    /**
     * Whose backups they are.
     *
     * @param reserve what stays free of the disk of a node's metadata
     */
    public record Owner(String gridId, String gridName, String productVersion, int partitions, Reserve reserve) {}

    /** Where a node writes, and what stays free there. */
    record Disks(BackupRoom.Volumes volumes, Reserve reserve) {}

    GridBackups(Ignite ignite, Nodes nodes, BackupMemory memory, Owner owner, Clock clock) {
        this.ignite = ignite;
        this.nodes = nodes;
        this.memory = memory;
        this.owner = owner;
        this.clock = clock;
    }

    /**
     * Lets backups, whichever node makes them, write and read on this node.
     *
     * @param gate of this node
     * @param own where this node writes when no directory is named: what its engine was told
     * @param data the node's data directory
     */
    public void offer(RestoreGate gate, Path own, Path data) {
        offer(gate, own, data, BackupRoom.Volumes.REAL);
    }

    void offer(RestoreGate gate, Path own, Path data, BackupRoom.Volumes volumes) {
        BackupShare offered = new BackupShare(ignite, gate, own, data, new Disks(volumes, owner.reserve()));
        Shares.offer(ignite, offered);
        share = offered;
    }

    /**
     * Begins a backup, or looks after one, and answers how far it is when it has ended, or after a few seconds.
     *
     * @throws GridException INVALID_ARGUMENT, NO_QUORUM; PRECONDITION_FAILED while the grid is being recovered; CONFLICT where
     *     this node is at another run; NOT_FOUND where it does not know the run
     */
    public BackupResult backup(BackupRequest ask) {
        if (ask.run() != null) {
            return look(runs.find(ask.run()));
        }
        requireKeep(ask.keep());
        return look(begin(ask.name(), directory(ask.directory()), ask.keep() == null ? 0 : ask.keep()));
    }

    /**
     * Begins to read all of a backup, or looks after that.
     *
     * @throws GridException INVALID_ARGUMENT, NOT_FOUND, CONFLICT
     */
    public BackupResult check(BackupRequest ask) {
        if (ask.run() != null) {
            return look(runs.find(ask.run()));
        }
        String directory = directory(ask.directory());
        FoundBackup backup = require(directory, ask.name());
        return look(start("check of a backup", next -> next.check(directory, backup)));
    }

    /** What the nodes that are up find. */
    public BackupList list(BackupQuery ask) {
        nodes.requireQuorum();
        return new BackupList(found(directory(ask.directory())).stream()
                .map(FoundBackup::info)
                .toList());
    }

    /**
     * Makes a backup if it is time for one and this is the node that does it: the one that is longest in the grid. Returns when
     * it has ended.
     *
     * @param every how long after the last one
     */
    public void makeDue(Duration every, int keep) throws InterruptedException {
        if (!ignite.cluster().forServers().forOldest().node().isLocal() || nodes.isRecovering()) {
            return;
        }
        LastBackup last = memory.last().orElse(null);
        if (last != null
                && clock.millis() - last.createdMs() < every.toMillis()
                && last.createdMs() <= clock.millis()) {
            return;
        }
        BackupRun made = begin(null, null, keep);
        runs.await();
        BackupResult result = made.result();
        if (!result.state().equals(BackupResult.DONE)) {
            LOG.error("scheduled backup failed: problem={}, every={}", result.phase(), every);
        }
    }

    private BackupRun begin(@Nullable String name, @Nullable String directory, int keep) {
        nodes.requireChangeable();
        long now = clock.millis();
        String named = name == null ? TIME.format(clock.instant()) : name;
        BackupDirectory.requireName(named);
        BackupHead wanted = new BackupHead(
                BackupHead.FORMAT_VERSION,
                UUID.randomUUID().toString(),
                named,
                owner.gridId(),
                owner.gridName(),
                owner.productVersion(),
                now,
                owner.partitions(),
                List.of());
        return start("backup", next -> {
            BackupInfo made = next.make(directory, wanted, keep);
            try {
                memory.made(new LastBackup(made.name(), directory, made.createdMs()));
            } catch (GridException e) {
                LOG.warn("the backup is there, and the grid does not know: {}", e.getMessage());
            }
        });
    }

    Owner owner() {
        return owner;
    }

    FoundBackup require(@Nullable String directory, @Nullable String name) {
        if (name == null) {
            throw GridException.invalid("name a backup: swarm backup --list shows them");
        }
        nodes.requireQuorum();
        List<FoundBackup> all = found(directory);
        return all.stream()
                .filter(each -> each.head().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new GridException(
                        ErrorCode.NOT_FOUND,
                        "no such backup: " + name + (directory == null ? "" : " in " + directory),
                        null,
                        all.isEmpty()
                                ? "no node that is up finds any there"
                                : "there: "
                                        + String.join(
                                                ", ",
                                                all.stream()
                                                        .map(each -> each.head().name())
                                                        .toList()),
                        null));
    }

    private List<FoundBackup> found(@Nullable String directory) {
        return FoundBackup.of(
                new BackupNodes(ignite).all(BackupOrder.of(BackupOrder.Kind.LIST, directory, (String) null)));
    }

    static @Nullable String directory(@Nullable String asked) {
        if (asked == null) {
            return null;
        }
        Path path = Path.of(asked);
        if (!path.isAbsolute()) {
            throw GridException.invalid("bad directory: \"" + asked
                    + "\", expected an absolute path: every node looks for it on its own machine");
        }
        return path.normalize().toString();
    }

    private static void requireKeep(@Nullable Integer keep) {
        if (keep != null && (keep < 1 || keep > MAX_KEEP)) {
            throw GridException.invalid("bad keep: " + keep + ", expected 1 to " + MAX_KEEP);
        }
    }

    private BackupResult look(BackupRun asked) {
        return runs.look(asked).result();
    }

    private BackupRun start(String what, Consumer<BackupRun> work) {
        return runs.begin(new BackupRun(ignite, UUID.randomUUID().toString(), what, work));
    }

    /** Breaks a run off; a backup that is not whole is deleted. */
    @Override
    public void close() {
        BackupShare offered = share;
        if (offered != null) {
            offered.close();
        }
        runs.close();
    }
}
