package io.swarmgrid.tasks;

import io.swarmgrid.config.MetadataConfig;
import io.swarmgrid.storage.namespace.ignite.HomeAffinity;
import java.util.List;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.cache.CacheKeyConfiguration;
import org.apache.ignite.cache.CacheMode;
import org.apache.ignite.cache.CacheWriteSynchronizationMode;
import org.apache.ignite.cache.PartitionLossPolicy;
import org.apache.ignite.configuration.CacheConfiguration;

/** The caches of tasks: durable, as many copies as all metadata. */
public final class TaskCaches {
    /** Task id to {@link TaskRecord}, as JSON. */
    static final String TASKS = "tasks";
    /** {@link SplitKey} to {@link SplitRecord}, as JSON; a split lives where its task does. */
    static final String SPLITS = "task-splits";
    /** Operation id of a submission to the id of its task. */
    static final String OPERATIONS = "task-operations";

    private static final String GROUP = "swarm-tasks";
    /** Each partition is a file on every node that holds it; few tasks need few of them. */
    private static final int MAX_PARTITIONS = 32;

    private TaskCaches() {}

    /** To be started with the grid's own. */
    public static CacheConfiguration<?, ?>[] configurations(MetadataConfig metadata) {
        return List.of(TASKS, SPLITS, OPERATIONS).stream()
                .map(name -> configuration(name, metadata))
                .toArray(CacheConfiguration<?, ?>[]::new);
    }

    private static CacheConfiguration<Object, Object> configuration(String name, MetadataConfig metadata) {
        return new CacheConfiguration<Object, Object>(name)
                .setGroupName(GROUP)
                .setKeyConfiguration(new CacheKeyConfiguration(SplitKey.class.getName(), SplitKey.TASK_FIELD))
                .setCacheMode(CacheMode.PARTITIONED)
                .setAtomicityMode(CacheAtomicityMode.TRANSACTIONAL)
                .setWriteSynchronizationMode(CacheWriteSynchronizationMode.FULL_SYNC)
                .setPartitionLossPolicy(PartitionLossPolicy.READ_WRITE_SAFE)
                .setBackups(metadata.backups())
                .setAffinity(new HomeAffinity(Math.min(MAX_PARTITIONS, metadata.partitions())));
    }
}
