package io.swarmgrid.hadoop;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.GlobalStorageStatistics;
import org.apache.hadoop.fs.StorageStatistics;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;
import org.jspecify.annotations.Nullable;

/**
 * How often each call of a file system was made, whatever came of it, under Hadoop's names. What Hadoop composes of other calls, such as
 * {@code exists}, is counted as these. Thread-safe.
 */
final class CallCounts extends StorageStatistics {
    /** Of all file systems of the JVM together, among {@link GlobalStorageStatistics}. */
    static final String ALL = "SwarmOpsCountStatistics";

    // Names that HDFS has for calls which StoreStatisticNames does not name.
    static final String CONCAT = "op_concat";
    static final String GET_BLOCK_LOCATIONS = "op_get_file_block_locations";
    static final String REMOVE_XATTR = "op_remove_xattr";
    static final String SET_REPLICATION = "op_set_replication";
    static final String SET_XATTR = "op_set_xattr";

    private static final List<String> NAMES = List.of(
            StoreStatisticNames.OP_APPEND,
            StoreStatisticNames.OP_BULK_DELETE,
            StoreStatisticNames.OP_CREATE,
            StoreStatisticNames.OP_CREATE_NON_RECURSIVE,
            StoreStatisticNames.OP_DELETE,
            StoreStatisticNames.OP_GET_CONTENT_SUMMARY,
            StoreStatisticNames.OP_GET_FILE_CHECKSUM,
            StoreStatisticNames.OP_GET_FILE_STATUS,
            StoreStatisticNames.OP_GET_STATUS,
            StoreStatisticNames.OP_LIST_LOCATED_STATUS,
            StoreStatisticNames.OP_LIST_STATUS,
            StoreStatisticNames.OP_MKDIRS,
            StoreStatisticNames.OP_OPEN,
            StoreStatisticNames.OP_OPENFILE,
            StoreStatisticNames.OP_RENAME,
            StoreStatisticNames.OP_SET_OWNER,
            StoreStatisticNames.OP_SET_PERMISSION,
            StoreStatisticNames.OP_SET_TIMES,
            StoreStatisticNames.OP_TRUNCATE,
            StoreStatisticNames.OP_XATTR_GET_MAP,
            StoreStatisticNames.OP_XATTR_GET_NAMED,
            StoreStatisticNames.OP_XATTR_GET_NAMED_MAP,
            StoreStatisticNames.OP_XATTR_LIST,
            CONCAT,
            GET_BLOCK_LOCATIONS,
            REMOVE_XATTR,
            SET_REPLICATION,
            SET_XATTR);

    private final Map<String, LongAdder> counts =
            new TreeMap<>(NAMES.stream().collect(Collectors.toMap(Function.identity(), operation -> new LongAdder())));
    /** Where each call is counted, too. */
    private final @Nullable CallCounts all;

    private CallCounts(String name, @Nullable CallCounts all) {
        super(name);
        this.all = all;
    }

    /** Of one file system. */
    static CallCounts ofOne() {
        StorageStatistics all = GlobalStorageStatistics.INSTANCE.put(ALL, () -> new CallCounts(ALL, null));
        // It is another class's where another loader has loaded this one before: then those are all that are shown.
        return new CallCounts(SwarmFileSystem.SCHEME, all instanceof CallCounts ours ? ours : null);
    }

    void count(String operation) {
        counter(operation).increment();
        if (all != null) {
            all.count(operation);
        }
    }

    private LongAdder counter(String operation) {
        LongAdder counter = counts.get(operation);
        if (counter == null) {
            throw new IllegalArgumentException("no such call: " + operation);
        }
        return counter;
    }

    @Override
    public String getScheme() {
        return SwarmFileSystem.SCHEME;
    }

    @Override
    public Iterator<LongStatistic> getLongStatistics() {
        return counts.entrySet().stream()
                .map(each -> new LongStatistic(each.getKey(), each.getValue().sum()))
                .iterator();
    }

    @Override
    @SuppressWarnings("NullAway") // as the specification has it
    public Long getLong(String name) {
        LongAdder counter = counts.get(name);
        return counter == null ? null : counter.sum();
    }

    @Override
    public boolean isTracked(String name) {
        return counts.containsKey(name);
    }

    @Override
    public void reset() {
        counts.values().forEach(LongAdder::reset);
    }
}
