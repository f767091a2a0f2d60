package io.swarmgrid.node;

import io.swarmgrid.checkpoint.GuardedStore;
import io.swarmgrid.checkpoint.StepGuard;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.qos.BoundedScheduler;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.TierOwner;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.cache.NearCopies;
import io.swarmgrid.storage.check.FileChecker;
import io.swarmgrid.storage.door.BytesDoor;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.KeptNear;
import io.swarmgrid.storage.file.ReplicatedFileStore;
import io.swarmgrid.storage.journal.NamesJournal;
import io.swarmgrid.storage.load.Loads;
import io.swarmgrid.storage.membership.MetadataEngine;
import io.swarmgrid.storage.mounted.Attachments;
import io.swarmgrid.storage.mounted.MountedFiles;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.mounted.Outside;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.ignite.GridBackups;
import io.swarmgrid.storage.namespace.ignite.GridRecovery;
import io.swarmgrid.storage.namespace.ignite.GridRestore;
import io.swarmgrid.storage.namespace.ignite.IgniteNamespace;
import io.swarmgrid.storage.namespace.ignite.MetadataCheck;
import io.swarmgrid.storage.namespace.ignite.NamesKeeper;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.placement.Placement;
import io.swarmgrid.storage.placement.RendezvousPlacement;
import io.swarmgrid.storage.repair.Repair;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import io.swarmgrid.storage.staging.Staging;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The storage of a node, put together. Whatever of it must be closed belongs to the {@link Closing} it was opened with.
 *
 * @param names the namespace with what lies below mounts, as {@code files} has it
 */
record Storage(
        IgniteNamespace namespace,
        BlockStore blocks,
        NearCopies near,
        ChunkBuffers buffers,
        Files names,
        FileStore files,
        Outside outside,
        Attachments attachments,
        Staging staging,
        Repair repair,
        FileChecker checker,
        Loads loads,
        GridRecovery recovery,
        GridBackups backups,
        GridRestore restore,
        MetadataCheck check,
        BytesDoor bytes) {
    private static final Duration LOOK_PAUSE = Duration.ofSeconds(1);

    static Storage open(
            SwarmConfig config,
            MetadataEngine engine,
            Channels channels,
            BoundedScheduler scheduler,
            Closing opened,
            GridWait wait)
            throws InterruptedException {
        Placement placement = new RendezvousPlacement(engine.nodes());
        IgniteNamespace namespace =
                new IgniteNamespace(engine.ignite(), config, engine.nodes(), placement, engine.clock());
        wait.until(namespace::format); // a grid that is active may have lost its majority since
        lookOver(namespace, engine, opened);
        ChunkBuffers buffers =
                opened.add(new ChunkBuffers(config.storage().readBuffers().bytes()));
        LocalBlockStore blocks = opened.add(LocalBlockStore.open(
                config.blockTiers(),
                config.storage().reserveFree(),
                buffers,
                new TierOwner(engine.gridId().toString(), config.nodeName())));
        NearCopies near = opened.add(NearCopies.open(
                blocks.nearTiers(),
                config.storage().cache(),
                buffers,
                config.storage().chunkSize().toIntBytes()));
        NamesJournal journal = opened.add(NamesJournal.open(names(config)));
        NamesKeeper names = opened.add(new NamesKeeper(
                engine.ignite(), journal, engine.peers()::settledVersion, engine.nodes()::isRecovering));
        names.start();
        GridRecovery recovery = opened.add(namespace.recovery(engine.recovering()));
        recovery.offer(journal, blocks);
        GridBackups backups =
                opened.add(namespace.backups(engine.backups(), engine.gridId().toString(), Product.version()));
        backups.offer(
                engine.recovering(), config.backupDirectory(), config.node().data());
        GridRestore restore = opened.add(namespace.restore(backups, engine.recovering()));
        MetadataCheck check = opened.add(namespace.check());
        Demand demand = Demand.of(config.storage().cache(), System::nanoTime);
        DataPath path =
                new DataPath(blocks, near, demand, engine.nodes(), channels, buffers, scheduler, config.storage());
        ReplicatedFileStore files = opened.add(new ReplicatedFileStore(namespace.fileMetadata(), path));
        OuterStores stores = opened.add(new OuterStores(config.storage().outer()));
        Outside outside =
                new Outside(namespace.mounts(), stores, config.storage().outer(), engine.safeMode()::change);
        MountedStore mounted = opened.add(new MountedStore(files, outside, path));
        BytesDoor door =
                opened.add(new BytesDoor(new GuardedStore(mounted, new StepGuard(namespace.files())), path, mounted));
        RemoteBlocks remote = new RemoteBlocks(path);
        Repair repair = opened.add(new Repair(
                config,
                new Repair.Seams(
                        namespace.census(),
                        placement,
                        engine.nodes(),
                        engine.peers(),
                        blocks,
                        remote,
                        new KeptNear(path, namespace.fileMetadata()),
                        demand,
                        scheduler,
                        files::writerless)));
        engine.publishLoad(repair::load);
        repair.start();
        Staging staging = new Staging(
                namespace.files(),
                config.limits().sessionIdle(),
                config.limits().maxSessions(),
                engine.clock());
        FileChecker checker = new FileChecker(namespace.files(), namespace.fileMetadata(), path, remote, repair::wake);
        Files all = new MountedFiles(namespace.files(), outside);
        Loads loads = opened.add(new Loads(all, namespace.fileMetadata(), mounted, path));
        return new Storage(
                namespace,
                blocks,
                near,
                buffers,
                all,
                mounted,
                outside,
                new Attachments(namespace.mounts(), stores, outside, mounted, path),
                staging,
                repair,
                checker,
                loads,
                recovery,
                backups,
                restore,
                check,
                door);
    }

    /** Before anything else, since all nodes wait for it; on a thread of its own, since reads do not. */
    private static void lookOver(IgniteNamespace namespace, MetadataEngine engine, Closing opened) {
        opened.add(new Chores("look-over")).until(LOOK_PAUSE, "look at what was cut off", () -> {
            boolean whole = namespace.lookOver();
            if (whole) {
                engine.lookedOver();
            }
            return whole;
        });
    }

    /** Beside the blocks, which it is read with; a memory file system keeps nothing. */
    private static Path names(SwarmConfig config) {
        List<TierConfig> tiers = config.blockTiers();
        return tiers.stream()
                .filter(tier -> tier.medium() != Medium.MEM)
                .findFirst()
                .orElse(tiers.get(0))
                .path()
                .resolve("names");
    }
}
