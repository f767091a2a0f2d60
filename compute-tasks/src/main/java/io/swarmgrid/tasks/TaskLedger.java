package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.storage.membership.MetadataRoom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cache.affinity.Affinity;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;

/** The durable records of tasks and splits. Every change of one is a comparison and a swap. Thread-safe. */
final class TaskLedger {
    private static final int SWAP_TRIES = 32;
    private static final int BATCH = 256;

    private final Ignite ignite;
    private final IgniteCache<String, byte[]> tasks;
    private final IgniteCache<SplitKey, byte[]> splits;
    private final IgniteCache<String, String> operations;
    private final Affinity<String> affinity;

    TaskLedger(Ignite ignite) {
        this.ignite = ignite;
        this.tasks = ignite.cache(TaskCaches.TASKS);
        this.splits = ignite.cache(TaskCaches.SPLITS);
        this.operations = ignite.cache(TaskCaches.OPERATIONS);
        this.affinity = ignite.affinity(TaskCaches.TASKS);
    }

    /** Whether this node coordinates the task. */
    boolean isHere(String id) {
        return asked(() -> affinity.isPrimary(ignite.cluster().localNode(), id));
    }

    /** The node that coordinates the task. */
    Optional<ClusterNode> coordinator(String id) {
        return asked(() -> Optional.ofNullable(affinity.mapKeyToNode(id)));
    }

    /** The id that a submission's operation got first: this one, or that of an earlier try. */
    String claim(String operation, String id) {
        return asked(() -> {
            String earlier = operations.getAndPutIfAbsent(operation, id);
            return earlier == null ? id : earlier;
        });
    }

    /**
     * Records a task that is not there yet; false where it is.
     *
     * @throws GridException NO_SPACE where the metadata may not grow
     */
    boolean create(TaskRecord task, List<SplitRecord> its) {
        return asked(() -> {
            if (tasks.containsKey(task.id())) {
                return false;
            }
            MetadataRoom.require(ignite);
            for (int from = 0; from < its.size(); from += BATCH) {
                Map<SplitKey, byte[]> batch = new TreeMap<>(Comparator.comparing(SplitKey::toString));
                for (SplitRecord split : its.subList(from, Math.min(its.size(), from + BATCH))) {
                    batch.put(new SplitKey(task.id(), split.index()), Json.write(split));
                }
                splits.putAll(batch);
            }
            return tasks.putIfAbsent(task.id(), Json.write(task));
        });
    }

    Optional<TaskRecord> task(String id) {
        return asked(() -> Optional.ofNullable(tasks.get(id))).map(json -> Json.read(json, TaskRecord.class));
    }

    /** The splits in order. */
    List<SplitRecord> splits(String id, int count) {
        List<SplitRecord> all = new ArrayList<>(count);
        for (int from = 0; from < count; from += BATCH) {
            TreeSet<SplitKey> keys = new TreeSet<>(Comparator.comparing(SplitKey::toString));
            IntStream.range(from, Math.min(count, from + BATCH)).forEach(index -> keys.add(new SplitKey(id, index)));
            Collection<byte[]> values = asked(() -> splits.getAll(keys)).values();
            values.forEach(json -> all.add(Json.read(json, SplitRecord.class)));
        }
        if (all.size() != count) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA, "task " + id + " has " + all.size() + " of its " + count + " splits");
        }
        all.sort(Comparator.comparingInt(SplitRecord::index));
        return all;
    }

    Optional<SplitRecord> split(String id, int index) {
        return asked(() -> Optional.ofNullable(splits.get(new SplitKey(id, index))))
                .map(json -> Json.read(json, SplitRecord.class));
    }

    /**
     * Changes a task.
     *
     * @param change from what is there to what shall be, null to leave it; may be called several times
     * @return what is there now; empty where it was left, or is not there
     */
    Optional<TaskRecord> update(String id, Function<TaskRecord, @Nullable TaskRecord> change) {
        return swap(tasks, id, TaskRecord.class, change);
    }

    /** Changes a split, as {@link #update(String, Function)} does a task. */
    Optional<SplitRecord> update(String id, int index, Function<SplitRecord, @Nullable SplitRecord> change) {
        return swap(splits, new SplitKey(id, index), SplitRecord.class, change);
    }

    /** Tasks that have not ended and are coordinated here. */
    List<TaskRecord> activeHere() {
        return here(task -> !task.state().isFinal());
    }

    private List<TaskRecord> here(Predicate<TaskRecord> which) {
        return asked(() -> {
            List<TaskRecord> found = new ArrayList<>();
            try (QueryCursor<Cache.Entry<String, byte[]>> all =
                    tasks.query(new ScanQuery<String, byte[]>().setLocal(true))) {
                for (Cache.Entry<String, byte[]> entry : all) {
                    TaskRecord task = Json.read(entry.getValue(), TaskRecord.class);
                    if (which.test(task)) {
                        found.add(task);
                    }
                }
            }
            return found;
        });
    }

    /** When the ended tasks of the whole grid ended, milliseconds since the epoch, in no order. */
    long[] endedMs() {
        return asked(() -> {
            try (QueryCursor<Long> all = tasks.query(new ScanQuery<String, byte[]>(), TaskLedger::endedMs)) {
                return StreamSupport.stream(all.spliterator(), false)
                        .mapToLong(Long::longValue)
                        .filter(ended -> ended > 0)
                        .toArray();
            }
        });
    }

    private static Long endedMs(Cache.Entry<String, byte[]> entry) {
        TaskRecord task = Json.read(entry.getValue(), TaskRecord.class);
        return task.state().isFinal() ? task.finishedMs() : 0;
    }

    /** Tasks that are coordinated here and ended at that moment or before. */
    List<TaskRecord> endedHere(long limitMs) {
        return here(task -> task.state().isFinal() && task.finishedMs() <= limitMs);
    }

    /** Forgets a task, its splits and its operation. */
    void forget(TaskRecord task) {
        asked(() -> tasks.remove(task.id()));
        for (int from = 0; from < task.splits(); from += BATCH) {
            TreeSet<SplitKey> keys = new TreeSet<>(Comparator.comparing(SplitKey::toString));
            IntStream.range(from, Math.min(task.splits(), from + BATCH))
                    .forEach(index -> keys.add(new SplitKey(task.id(), index)));
            asked(() -> {
                splits.removeAll(keys);
                return keys.size();
            });
        }
        String operation = task.spec().operationId();
        if (operation != null) {
            asked(() -> operations.remove(operationKey(task.submitter().name(), operation), task.id()));
        }
    }

    /** Removes splits and operations of tasks that are not there, where the id comes before this one. */
    void dropLeftovers(String before) {
        asked(() -> {
            // Has the engine know the class of these keys, whose name a power cut may have taken.
            splits.containsKey(new SplitKey("", 0));
            Set<SplitKey> lost = new HashSet<>();
            try (QueryCursor<SplitKey> all =
                    splits.query(new ScanQuery<SplitKey, byte[]>().setLocal(true), Cache.Entry::getKey)) {
                for (SplitKey key : all) {
                    if (lost.size() < BATCH && isLost(key.task(), before)) {
                        lost.add(key);
                    }
                }
            }
            lost.forEach(splits::remove);
            Map<String, String> stale = new HashMap<>();
            try (QueryCursor<Cache.Entry<String, String>> all =
                    operations.query(new ScanQuery<String, String>().setLocal(true))) {
                for (Cache.Entry<String, String> entry : all) {
                    if (stale.size() < BATCH && isLost(entry.getValue(), before)) {
                        stale.put(entry.getKey(), entry.getValue());
                    }
                }
            }
            stale.forEach(operations::remove);
            return lost.size() + stale.size();
        });
    }

    private boolean isLost(String id, String before) {
        return id.compareTo(before) < 0 && !tasks.containsKey(id);
    }

    static String operationKey(String submitter, String operation) {
        return submitter + " " + operation;
    }

    /** The latest tasks whose ids come before this one. */
    List<TaskRecord> latest(int limit, @Nullable String before) {
        List<String> ids = asked(() -> {
            PriorityQueue<String> last = new PriorityQueue<>();
            try (QueryCursor<String> all = tasks.query(new ScanQuery<String, byte[]>(), Cache.Entry::getKey)) {
                for (String id : all) {
                    if (before == null || id.compareTo(before) < 0) {
                        last.add(id);
                        if (last.size() > limit) {
                            last.remove();
                        }
                    }
                }
            }
            return List.copyOf(last);
        });
        return asked(() -> tasks.getAll(new TreeSet<>(ids))).values().stream()
                .map(json -> Json.read(json, TaskRecord.class))
                .sorted(Comparator.comparing(TaskRecord::id).reversed())
                .toList();
    }

    private <K, R> Optional<R> swap(
            IgniteCache<K, byte[]> cache, K key, Class<R> type, Function<R, @Nullable R> change) {
        for (int i = 0; i < SWAP_TRIES; i++) {
            byte[] now = asked(() -> cache.get(key));
            R next = now == null ? null : change.apply(Json.read(now, type));
            if (next == null) {
                return Optional.empty();
            }
            byte[] json = Json.write(next);
            if (asked(() -> cache.invoke(key, new Swap<K>(), now, json))) {
                return Optional.of(next);
            }
        }
        throw new GridException(ErrorCode.CONFLICT, "too many writers change " + cache.getName() + " " + key);
    }

    private static <T> T asked(Supplier<T> question) {
        try {
            return question.get();
        } catch (CacheException | IgniteException | IllegalStateException e) {
            String message = String.valueOf(e.getMessage());
            boolean invalid = message.contains("topology is not valid") || message.contains("topology validation");
            throw new GridException(
                    invalid ? ErrorCode.NO_QUORUM : ErrorCode.UNAVAILABLE,
                    "cannot reach the records of tasks: " + message,
                    e);
        }
    }
}
