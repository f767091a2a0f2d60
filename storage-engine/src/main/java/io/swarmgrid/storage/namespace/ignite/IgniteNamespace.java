package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.backup.BackupMemory;
import io.swarmgrid.storage.backup.RestoreGate;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.membership.Recovering;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.namespace.Quotas;
import io.swarmgrid.storage.namespace.Trash;
import io.swarmgrid.storage.placement.Placement;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.ignite.Ignite;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespace as it is kept in Ignite. Made before the grid is active; owns nothing that must be closed. Thread-safe. A
 * thread that calls it must not have a transaction of Ignite open.
 */
public final class IgniteNamespace {
    /** How often leases are renewed in the duration of one: two renewals may fail. */
    public static final int RENEWALS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(IgniteNamespace.class);
    private static final String OWNER = "swarm";

    private final Ignite ignite;
    private final SwarmConfig config;
    private final Nodes nodes;
    private final Runner runner;
    private final Clock clock;
    private final Files files;
    private final Trash trash;
    private final Mounts mounts;
    private final Quotas quotas;
    private final FileMetadata fileMetadata;
    private final BlockCensus census;
    private final OpenFiles openFiles;
    private final Reclaim reclaim;
    private final Mender mender;
    private final Expiry expiry;

    /**
     * On one node.
     *
     * @param ignite a node that was started with {@link NamespaceCaches#configurations}
     * @param clock one time for all nodes: what one writes down is measured by others
     */
    public IgniteNamespace(Ignite ignite, SwarmConfig config, Nodes nodes, Placement placement, Clock clock) {
        this(ignite, config, nodes, placement, clock, System::nanoTime);
    }

    IgniteNamespace(
            Ignite ignite, SwarmConfig config, Nodes nodes, Placement placement, Clock clock, LongSupplier nanoTime) {
        this.ignite = ignite;
        this.config = config;
        this.nodes = nodes;
        this.runner = new Runner(ignite, nodes);
        this.clock = clock;
        Ids ids = new Ids(new SecureRandom());
        Survey survey = new Survey(runner, nodes, config.metadata().backups() + 1);
        this.files = new IgniteFiles(runner, ids, clock, survey, config);
        this.trash = new IgniteTrash(
                runner,
                new Publishing(runner, new PathWalk(runner), ids, clock),
                clock,
                config.storage().trashGrace(),
                config.metadata().partitions());
        this.mounts = new IgniteMounts(
                runner,
                new Publishing(runner, new PathWalk(runner), ids, clock),
                ids,
                clock,
                config.storage().outer().maxMounts());
        this.quotas = new IgniteQuotas(runner, new PathWalk(runner), ids);
        this.openFiles = new OpenFiles(runner, config.storage(), nanoTime);
        IgniteFileMetadata metadata = new IgniteFileMetadata(
                runner,
                ids,
                clock,
                config,
                placement,
                () -> Lease.first(
                        nodes.local().name(), ignite.cluster().localNode().id()),
                openFiles);
        this.fileMetadata = metadata;
        this.reclaim = new Reclaim(
                runner,
                clock,
                config.storage().trashGrace(),
                run -> ignite.cluster().node(run) != null,
                new Silence(config.storage().leaseDuration(), config.repair().interval(), nanoTime),
                new DoomedRows(nanoTime));
        this.mender = new Mender(runner, clock);
        this.expiry = new Expiry(runner, clock, config.storage().ttlSweepInterval(), nanoTime, mender::isDoubtful);
        QuotaWork counting = new QuotaWork(runner, ids, nanoTime);
        this.census = new IgniteCensus(runner, mender, reclaim, metadata::abandonUntold, () -> {
            counting.run();
            expiry.run();
        });
    }

    /** Makes the root and the staging directory where they are not there yet; called once the grid is active. */
    public void format() {
        long now = clock.millis();
        // Has the engine write down the names of these classes where a power cut took them, before stored keys are
        // read.
        runner.look(tables -> tables.blocks(List.of(new BlockKey(Ids.ROOT, 0))));
        runner.look(tables -> tables.charging().shares(1, Ids.ROOT));
        // Nodes that start together all find nothing: the first one makes it, the others look again.
        Runner.untilFresh(() -> runner.rebuild(tables -> {
            if (tables.guard(Ids.ROOT) == null) {
                tables.guard(Ids.ROOT, Guard.OPEN);
                tables.inode(Ids.ROOT, Inode.directory(new Inode.Link(Ids.ROOT, ""), OWNER, now));
                String staging = Files.STAGING.name();
                String hidden = Objects.requireNonNull(Files.STAGING.parent()).name();
                make(tables, Ids.SWARM, Ids.ROOT, hidden, now);
                make(tables, Ids.STAGING, Ids.SWARM, staging, now);
                Directories.claimMoves(tables);
            }
            return Ids.ROOT;
        }));
    }

    /**
     * Puts right what the end of all nodes has cut off in the part of the metadata that this node answers for. Takes as long as it
     * takes to read that.
     *
     * @return whether it is done; false where nothing may be changed now, or not all could be looked at
     */
    public boolean lookOver() {
        if (!runner.isMendable()) {
            return false;
        }
        try {
            mender.run();
            return mender.isWhole();
        } catch (GridException e) {
            LOG.info("what was cut off is looked at later: problem={}", e.getMessage());
            return false;
        }
    }

    private static void make(Tables tables, long id, long parentId, String name, long nowMs) {
        Directories.make(tables, id, Inode.directory(new Inode.Link(parentId, name), OWNER, nowMs), Guard.OPEN);
    }

    public Files files() {
        return files;
    }

    public Trash trash() {
        return trash;
    }

    public Mounts mounts() {
        return mounts;
    }

    public Quotas quotas() {
        return quotas;
    }

    public FileMetadata fileMetadata() {
        return fileMetadata;
    }

    public BlockCensus census() {
        return census;
    }

    /** What makes the metadata anew after it was lost. The caller closes it. */
    public GridRecovery recovery(Recovering recovering) {
        return new GridRecovery(ignite, runner, recovering, config.storage().replicas(), clock);
    }

    /** What makes and checks backups of the metadata. The caller closes it. */
    public GridBackups backups(BackupMemory memory, String gridId, String productVersion) {
        GridBackups.Owner owner = new GridBackups.Owner(
                gridId,
                config.grid().name(),
                productVersion,
                config.metadata().partitions(),
                config.storage().reserveFree());
        return new GridBackups(ignite, nodes, memory, owner, clock);
    }

    /** What brings back what a backup has. The caller closes it. */
    public GridRestore restore(GridBackups backups, RestoreGate gate) {
        return new GridRestore(
                ignite,
                runner,
                backups,
                gate,
                new GridRestore.Setting(config.storage().replicas(), clock));
    }

    /** What compares the copies of the metadata. The caller closes it. */
    public MetadataCheck check() {
        return new MetadataCheck(ignite, config.metadata().partitions());
    }

    /** How many files this node has open for writing. */
    public long writers() {
        return openFiles.count();
    }

    /** How many files that are being written this node is the keeper of, with those that have no name yet, as it saw it last. */
    public long leases() {
        return reclaim.leases();
    }

    /** How many files this node has removed because their time to live had passed. */
    public long expired() {
        return expiry.expired();
    }

    /** Says that the writers of this node are still there: due {@link #RENEWALS} times in {@code storage.lease-duration}. */
    public void renewLeases() {
        openFiles.renew();
    }
}
