package io.swarmgrid.node.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.qos.BoundedScheduler;
import io.swarmgrid.qos.ClassTraffic;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.cache.NearCopies;
import io.swarmgrid.storage.cache.NearCounts;
import io.swarmgrid.tasks.TaskActivity;
import io.swarmgrid.tasks.TaskMeter;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The node's metrics, in the form that Prometheus reads. Thread-safe. */
public final class NodeMetrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    private final TaskMetrics tasks = new TaskMetrics(registry);

    public NodeMetrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** Bytes and refusals by class. */
    public void watch(BoundedScheduler scheduler) {
        Gauge.builder("swarm_transfer_outstanding_bytes", scheduler, BoundedScheduler::outstandingBytes)
                .strongReference(true)
                .register(registry);
        for (ClassTraffic lane : scheduler.traffic()) {
            String name = lane.qos().name();
            count("swarm_transfer_bytes", Tags.of("class", name, "direction", "in"), scheduler, name, t -> t.bytesIn());
            count(
                    "swarm_transfer_bytes",
                    Tags.of("class", name, "direction", "out"),
                    scheduler,
                    name,
                    t -> t.bytesOut());
            count("swarm_transfer_refused", Tags.of("class", name), scheduler, name, t -> t.refused());
            Gauge.builder("swarm_transfer_waiting", scheduler, each -> of(each, name)
                            .waiting())
                    .tag("class", name)
                    .strongReference(true)
                    .register(registry);
        }
    }

    /** What the blocks take and what is left. */
    public void watch(BlockStore blocks, ChunkBuffers buffers) {
        gauge("swarm_store_used_bytes", blocks, BlockStore::usedBytes);
        gauge("swarm_store_free_bytes", blocks, BlockStore::freeBytes);
        gauge("swarm_store_capacity_bytes", blocks, BlockStore::capacityBytes);
        gauge("swarm_store_blocks", blocks, BlockStore::blocks);
        gauge("swarm_tier_moved_blocks", blocks, store -> store.moves().blocks());
        gauge("swarm_tier_moved_bytes", blocks, store -> store.moves().bytes());
        gauge("swarm_tier_stuck_blocks", blocks, store -> store.moves().stuckBlocks());
        gauge("swarm_chunk_buffers_outstanding_bytes", buffers, ChunkBuffers::outstandingBytes);
    }

    /** What near copies are good for. */
    public void watch(NearCopies near) {
        counter("swarm_cache_hits", Tags.empty(), near, counts -> counts.hits());
        counter("swarm_cache_misses", Tags.empty(), near, counts -> counts.misses());
        counter("swarm_cache_read_bytes", Tags.of("from", "near"), near, counts -> counts.nearBytes());
        counter("swarm_cache_read_bytes", Tags.of("from", "fetch"), near, counts -> counts.fetchedBytes());
        counter("swarm_cache_read_bytes", Tags.of("from", "remote"), near, counts -> counts.remoteBytes());
        counter("swarm_cache_evictions", Tags.empty(), near, counts -> counts.evictions());
        counter("swarm_cache_fetches", Tags.of("outcome", "made"), near, counts -> counts.made());
        counter("swarm_cache_fetches", Tags.of("outcome", "failed"), near, counts -> counts.failed());
        gauge("swarm_cache_held_bytes", near, NearCopies::heldBytes);
        gauge("swarm_cache_kept_bytes", near, NearCopies::keptBytes);
        gauge("swarm_cache_entries", near, NearCopies::entries);
    }

    /** The repair work that this node knows of. */
    public void watch(Supplier<RepairStatus> repair) {
        gauge("swarm_repair_under_replicated_blocks", repair, each -> each.get().underReplicatedBlocks());
        gauge("swarm_repair_unavailable_blocks", repair, each -> each.get().unavailableBlocks());
        gauge("swarm_repair_pending_bytes", repair, each -> each.get().pendingBytes());
        gauge("swarm_repair_moving_blocks", repair, each -> each.get().movingBlocks());
        gauge("swarm_repair_moving_bytes", repair, each -> each.get().movingBytes());
        gauge("swarm_repair_copied_blocks", repair, each -> each.get().copiedBlocks());
        gauge("swarm_repair_copied_bytes", repair, each -> each.get().copiedBytes());
    }

    /** What tasks are told to. */
    public TaskMeter tasks() {
        return tasks;
    }

    /** What there is to do for tasks. */
    public void watchTasks(Supplier<TaskActivity> activity) {
        tasks.watch(activity);
    }

    /** Any number that is asked for when it is read. */
    public void watch(String name, Supplier<Number> value) {
        Gauge.builder(name, value).strongReference(true).register(registry);
    }

    /** A number that only grows, of something that lives as long as the node. */
    public <T> void watchCount(String name, T source, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, source, value).register(registry);
    }

    /** The text that Prometheus scrapes. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }

    private <T> void gauge(String name, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value).strongReference(true).register(registry);
    }

    private void counter(String name, Tags tags, NearCopies near, ToDoubleFunction<NearCounts> count) {
        FunctionCounter.builder(name, near, each -> count.applyAsDouble(each.counts()))
                .tags(tags)
                .register(registry);
    }

    private void count(
            String name, Tags tags, BoundedScheduler scheduler, String lane, ToDoubleFunction<ClassTraffic> value) {
        FunctionCounter.builder(name, scheduler, each -> value.applyAsDouble(of(each, lane)))
                .tags(tags)
                .register(registry);
    }

    private static ClassTraffic of(BoundedScheduler scheduler, String lane) {
        return scheduler.traffic().stream()
                .filter(each -> each.qos().name().equals(lane))
                .findFirst()
                .orElseThrow();
    }
}
