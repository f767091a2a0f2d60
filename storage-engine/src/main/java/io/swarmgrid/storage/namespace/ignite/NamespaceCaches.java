package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.config.MetadataConfig;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.cache.CacheKeyConfiguration;
import org.apache.ignite.cache.CacheWriteSynchronizationMode;
import org.apache.ignite.cache.PartitionLossPolicy;
import org.apache.ignite.cache.QueryEntity;
import org.apache.ignite.cache.QueryIndex;
import org.apache.ignite.cache.QueryIndexType;
import org.apache.ignite.configuration.CacheConfiguration;

/**
 * The caches of the namespace, all in one group: one set of partitions, so that a transaction over several of them stays
 * on one primary. Whoever starts Ignite gives it these.
 */
public final class NamespaceCaches {
    /** The attribute of an Ignite node that names its zone. */
    public static final String ZONE_ATTRIBUTE = "swarm.zone";

    /** (directory id, name) to inode id and kind. */
    static final String DENTRIES = "dentries";
    /** Inode id to inode. */
    static final String INODES = "inodes";
    /** Inode id to the bytes of a small file. */
    static final String INLINE = "inline";
    /** (inode id, block id) to block record. */
    static final String BLOCKS = "blocks";
    /** Inode id to why and since when it is to be taken back: removed, or open for writing. */
    static final String TRASH = "trash";
    /** Operation id to what it did. */
    static final String OPERATIONS = "operations";

    /** (home, directory id) to the quota of the directory, or what counts for it in a partition. */
    static final String QUOTAS = "quotas";

    /** Inode id of a closed file that has a time to live to when it is looked at next. */
    static final String EXPIRIES = "expiries";

    static final String NAME_INDEX = "DENTRY_NAMES";

    /** The group that all of them are in. */
    static final String GROUP = "namespace";

    private static final int INLINED_INDEX_BYTES = 64;

    private NamespaceCaches() {}

    /** A fresh array of configurations, for Ignite's persistent default data region. */
    public static CacheConfiguration<?, ?>[] configurations(MetadataConfig config) {
        return new CacheConfiguration<?, ?>[] {
            dentries(config),
            cache(INODES, config).setEventsDisabled(false),
            cache(INLINE, config).setEventsDisabled(false),
            cache(BLOCKS, config)
                    .setKeyConfiguration(new CacheKeyConfiguration(BlockKey.class.getName(), BlockKey.FILE_FIELD)),
            cache(QUOTAS, config)
                    .setKeyConfiguration(new CacheKeyConfiguration(QuotaKey.class.getName(), QuotaKey.HOME_FIELD)),
            cache(TRASH, config).setEventsDisabled(false),
            cache(EXPIRIES, config),
            cache(OPERATIONS, config)
                    .setExpiryPolicyFactory(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.HOURS, 1))),
        };
    }

    private static CacheConfiguration<?, ?> dentries(MetadataConfig config) {
        LinkedHashMap<String, String> fields = new LinkedHashMap<>();
        fields.put(DentryKey.PARENT_FIELD, Long.class.getName());
        fields.put(DentryKey.NAME_FIELD, byte[].class.getName());
        QueryEntity entity = new QueryEntity(DentryKey.class.getName(), byte[].class.getName())
                .setFields(fields)
                .setKeyFields(new LinkedHashSet<>(fields.keySet()))
                .setIndexes(List.of(new QueryIndex(List.copyOf(fields.keySet()), QueryIndexType.SORTED)
                        .setName(NAME_INDEX)
                        .setInlineSize(INLINED_INDEX_BYTES)));
        return cache(DENTRIES, config)
                .setQueryEntities(List.of(entity))
                .setKeyConfiguration(new CacheKeyConfiguration(DentryKey.class.getName(), DentryKey.PARENT_FIELD));
    }

    private static CacheConfiguration<Object, Object> cache(String name, MetadataConfig config) {
        return new CacheConfiguration<Object, Object>(name)
                .setGroupName(GROUP)
                .setAtomicityMode(CacheAtomicityMode.TRANSACTIONAL)
                .setWriteSynchronizationMode(CacheWriteSynchronizationMode.FULL_SYNC)
                .setPartitionLossPolicy(PartitionLossPolicy.READ_WRITE_SAFE)
                .setBackups(config.backups())
                .setEventsDisabled(true) // but for the few that the journal of names listens to
                .setAffinity(new HomeAffinity(config.partitions()));
    }
}
