package io.swarmgrid.node;

import io.netty.util.internal.PlatformDependent;
import io.swarmgrid.checkpoint.CheckpointService;
import io.swarmgrid.checkpoint.GuardedStore;
import io.swarmgrid.checkpoint.StepGuard;
import io.swarmgrid.client.bytes.LocalPlace;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.config.SecurityRules;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.node.CutOffWatch.Own;
import io.swarmgrid.node.auth.Authenticator;
import io.swarmgrid.node.auth.CallInterceptor;
import io.swarmgrid.node.auth.Entrance;
import io.swarmgrid.node.auth.Gate;
import io.swarmgrid.node.auth.NodeCredentials;
import io.swarmgrid.node.flight.FlightDoor;
import io.swarmgrid.node.flight.Services;
import io.swarmgrid.node.http.HttpDoor;
import io.swarmgrid.node.http.NodeMetrics;
import io.swarmgrid.node.socket.LocalDoor;
import io.swarmgrid.qos.BoundedScheduler;
import io.swarmgrid.qos.ClassRegistry;
import io.swarmgrid.qos.ReplicaOrder;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.door.Actions;
import io.swarmgrid.storage.door.BytesDoor;
import io.swarmgrid.storage.membership.DataDirectory;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.MetadataEngine;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.ignite.GridBackups;
import io.swarmgrid.storage.namespace.ignite.IgniteNamespace;
import io.swarmgrid.storage.namespace.ignite.MetadataCheck;
import io.swarmgrid.storage.namespace.ignite.NamespaceCaches;
import io.swarmgrid.storage.parquet.ParquetFiles;
import io.swarmgrid.storage.repair.Repair;
import io.swarmgrid.storage.staging.Staging;
import io.swarmgrid.tasks.TaskCaches;
import io.swarmgrid.tasks.TaskService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.ignite.configuration.CacheConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts one node together: its doors first, so that whoever calls early is told to come back, then the metadata, then what
 * lies on it. Everything opened is closed by the {@link Closing} in the reverse order. Runs once, on one thread.
 */
final class Assembly {
    private static final Duration EXPIRY_PAUSE = Duration.ofMinutes(1);
    private static final Duration WARNING_PAUSE = Duration.ofMinutes(10);
    private static final Duration BACKUP_PAUSE = Duration.ofMinutes(1);
    private static final Duration ACTIVE_PAUSE = Duration.ofSeconds(30);
    /** Reads need not wait any longer. */
    private static final Duration LOOK_PATIENCE = Duration.ofSeconds(20);

    private static final Duration CUT_OFF_ANSWER = Duration.ofSeconds(2);
    /** In the data directory: parts of files while they are decoded. */
    private static final String SCRATCH = "scratch";

    private static final Logger log = LoggerFactory.getLogger(Assembly.class);

    private final SwarmConfig config;
    private final Closing opened;
    private final CompletableFuture<NodeEnd> ended;
    private final Gate gate = new Gate();
    private final Readiness readiness;
    private final BoundedScheduler scheduler;
    private final Authenticator authenticator;
    private final Entrance entrance;

    Assembly(SwarmConfig config, Authenticator authenticator, Closing opened, CompletableFuture<NodeEnd> ended) {
        this.config = config;
        this.opened = opened;
        this.ended = ended;
        this.readiness = new Readiness(gate, config.nodeName());
        this.scheduler = new BoundedScheduler(config.qos());
        this.authenticator = authenticator;
        this.entrance = new Entrance(
                gate,
                authenticator,
                new ClassRegistry(config.qos()),
                config.limits().maxStreams(),
                config.security().tls().isPresent());
    }

    /** Where the node can be called. */
    record Doors(String flight, int httpPort) {}

    Doors run() throws InterruptedException {
        DataDirectory directory = opened.add(DataDirectory.open(config));
        BufferAllocator allocator = opened.add(new RootAllocator(PlatformDependent.maxDirectMemory()));
        AtomicReference<@Nullable BytesDoor> bytes = new AtomicReference<>();
        AtomicReference<@Nullable Actions> actions = new AtomicReference<>();
        AtomicReference<@Nullable LocalPlace> local = new AtomicReference<>();
        FlightDoor flight = opened.add(FlightDoor.open(
                config,
                new CallInterceptor(entrance),
                allocator,
                List.of(BytesDoor.service(bytes::get, actions::get, local::get))));
        NodeMetrics metrics = opened.add(new NodeMetrics());
        if (config.storage().shortCircuit()) {
            LocalDoor.open(config.node().data(), flight.port(), entrance, actions::get)
                    .ifPresent(door -> {
                        local.set(opened.add(door).place());
                        metrics.watch("swarm_local_connections", door::connections);
                    });
        }
        HttpDoor http = opened.add(
                HttpDoor.open(config.listen().http(), Product.version(), readiness::health, metrics::scrape));
        opened.add(gate::stop);
        readiness.waitsFor("the metadata engine is starting");
        MetadataEngine engine = opened.add(MetadataEngine.start(config, directory, flight.location(), caches()));
        engine.onSegmented(() -> {
            gate.stop();
            ended.complete(NodeEnd.CUT_OFF);
        });
        AtomicReference<Map<String, String>> known = new AtomicReference<>(Map.of());
        Channels channels = opened.add(channels(known::get));
        watchForCuts(Own.of(engine, config.nodeName(), () -> !Map.of().equals(known.get())), channels);
        GridWait wait = new GridWait(config.nodeName(), readiness, ended::isDone);
        wait.until(() -> engine.awaitActive(ACTIVE_PAUSE));
        NodeCredentials credentials = new NodeCredentials(engine.gridSecret());
        authenticator.recognize(credentials);
        String name = config.nodeName();
        known.set(Map.of("x-swarm-node", name, "authorization", credentials.authorization(name)));
        Storage storage = Storage.open(config, engine, channels, scheduler, opened, wait);
        bytes.set(storage.bytes());
        actions.set(flight.serve(services(engine, storage, allocator, metrics)));
        watch(metrics, engine, storage);
        readiness.waitsFor("other nodes look over their part of the metadata");
        boolean held = engine.nodes().keepsAll(); // nothing is put right, and nothing changed
        if (!held && !engine.awaitLookedOver(LOOK_PATIENCE)) {
            log.warn(
                    "takes no changes until all nodes have looked over their part of the metadata: node={}",
                    config.nodeName());
        }
        readiness.watch(engine.nodes());
        gate.open();
        chores(storage.staging());
        renew(storage.namespace());
        compareMetadata(storage.check(), engine.nodes());
        config.backup().every().ifPresent(every -> schedule(storage.backups(), every));
        return new Doors(flight.location(), http.port());
    }

    private List<CacheConfiguration<?, ?>> caches() {
        return Stream.concat(
                        Stream.of(NamespaceCaches.configurations(config.metadata())),
                        Stream.of(TaskCaches.configurations(config.metadata())))
                .<CacheConfiguration<?, ?>>map(cache -> cache)
                .toList();
    }

    /** @param known what shows others that this is a node */
    private Channels channels(Supplier<Map<String, String>> known) {
        ChannelSecurity security = ChannelSecurity.NONE.sending(known);
        return new Channels(config.security()
                .tls()
                .map(tls -> security.trusting(tls.ca()).presenting(tls.cert(), tls.key()))
                .orElse(security));
    }

    private Services services(MetadataEngine engine, Storage storage, BufferAllocator allocator, NodeMetrics metrics) {
        IgniteNamespace namespace = storage.namespace();
        ParquetFiles parquet = opened.add(new ParquetFiles(
                config.node().data().resolve(SCRATCH), config.limits().parquetMemory(), allocator));
        DatasetStore datasets = new DatasetStore(
                namespace.files(),
                storage.files(),
                storage.staging(),
                config.storage(),
                config.limits(),
                allocator,
                parquet);
        StepGuard steps = new StepGuard(namespace.files());
        CheckpointService checkpoints = new CheckpointService(namespace.files(), storage.files(), storage.staging());
        TaskService tasks = opened.add(new TaskService(
                engine.ignite(),
                engine.nodes(),
                namespace.files(),
                storage.files(),
                datasets,
                config,
                allocator,
                metrics.tasks()));
        tasks.start();
        metrics.watchTasks(tasks::activity);
        return new Services(
                config,
                engine.gridId().toString(),
                engine.gridSecret(),
                engine.clock(),
                engine.nodes(),
                engine.movements(),
                engine.safeMode(),
                storage.names(),
                namespace.trash(),
                namespace.quotas(),
                namespace.fileMetadata(),
                new GuardedStore(storage.files(), steps),
                storage.outside(),
                storage.attachments(),
                steps,
                storage.checker(),
                storage.loads(),
                storage.recovery(),
                storage.backups(),
                storage.restore(),
                storage.check(),
                datasets,
                checkpoints,
                tasks,
                scheduler,
                new ReplicaOrder(config.nodeName(), config.node().zone()),
                () -> Reports.grid(config, engine),
                () -> Reports.classes(config.qos(), scheduler));
    }

    private void watch(NodeMetrics metrics, MetadataEngine engine, Storage storage) {
        metrics.watch(scheduler);
        metrics.watch(storage.blocks(), storage.buffers());
        metrics.watch(storage.near());
        metrics.watch("swarm_cache_hot_blocks", storage.repair()::hotBlocks);
        metrics.watchCount("swarm_cache_hot_copies", storage.repair(), Repair::hotCopies);
        metrics.watch(storage.repair()::local);
        metrics.watch("swarm_scrub_blocks", () -> storage.repair().scrubbed().blocks());
        metrics.watch("swarm_scrub_bytes", () -> storage.repair().scrubbed().bytes());
        metrics.watch(
                "swarm_scrub_bad_copies", () -> storage.repair().scrubbed().bad());
        metrics.watch(
                "swarm_scrub_lost_copies", () -> storage.repair().scrubbed().lost());
        metrics.watch("swarm_metadata_bytes", engine::metadataBytes);
        metrics.watch("swarm_metadata_differing", storage.check()::differing);
        metrics.watch("swarm_metadata_compared", storage.check()::compared);
        metrics.watch("swarm_writers", storage.namespace()::writers);
        metrics.watch("swarm_leases", storage.namespace()::leases);
        metrics.watchCount("swarm_expired_files", storage.namespace(), IgniteNamespace::expired);
        metrics.watch("swarm_sessions", storage.staging()::open);
        metrics.watch("swarm_open_calls", entrance::openCalls);
        metrics.watch("swarm_grid_nodes", () -> engine.nodes().live().size());
    }

    private void chores(Staging staging) {
        Chores chores = opened.add(new Chores("node-chores"));
        Duration half = staging.idle().dividedBy(2);
        chores.every(half.compareTo(EXPIRY_PAUSE) < 0 ? half : EXPIRY_PAUSE, "expiry of sessions", staging::expire);
        if (SecurityRules.isOpen(config)) {
            warnOfOpenDoors();
            chores.every(WARNING_PAUSE, "warning", this::warnOfOpenDoors);
        }
    }

    /** On a thread of its own, since it waits for others that may be silent. */
    private void watchForCuts(Own own, Channels channels) {
        Duration silence = config.grid().failureTimeout();
        opened.add(new Chores("cut-off-watch"))
                .every(
                        silence.dividedBy(2),
                        "look for a grid that goes on without this node",
                        new CutOffWatch(own, channels, silence, CUT_OFF_ANSWER, System::nanoTime));
    }

    /** On a thread of its own: no other chore may make a writer lose its file. */
    private void renew(IgniteNamespace namespace) {
        Duration pause = config.storage().leaseDuration().dividedBy(IgniteNamespace.RENEWALS);
        opened.add(new Chores("lease-renewal")).every(pause, "renewal of leases", namespace::renewLeases);
    }

    /** On a thread of its own, since it waits until a backup is made. Every node looks; one of them makes it. */
    private void schedule(GridBackups backups, Duration every) {
        int keep = config.backup().keep();
        Duration pause = every.compareTo(BACKUP_PAUSE) < 0 ? every : BACKUP_PAUSE;
        opened.add(new Chores("backup-schedule")).every(pause, "scheduled backup", () -> {
            try {
                backups.makeDue(every, keep);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** On a thread of its own, since it reads all of the metadata. The first node by name does it for all. */
    private void compareMetadata(MetadataCheck check, Nodes nodes) {
        opened.add(new Chores("metadata-compare"))
                .every(config.metadata().checkInterval(), "comparison of the metadata's copies", () -> {
                    String first = nodes.live().stream()
                            .map(GridNodeInfo::name)
                            .findFirst()
                            .orElse("");
                    if (first.equals(config.nodeName())) {
                        check.run();
                    }
                });
    }

    private void warnOfOpenDoors() {
        log.warn(
                "INSECURE: whoever reaches {} may read, write and delete everything; set security.tls and"
                        + " security.tokens-file",
                config.listen().flight());
    }
}
