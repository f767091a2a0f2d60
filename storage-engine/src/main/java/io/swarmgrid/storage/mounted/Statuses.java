package io.swarmgrid.storage.mounted;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.OuterConfig;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.SteadyStore;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of entries of outer stores: as old as {@code storage.outer.status-ttl} allows; older where the store does not answer, so that
 * what is kept near is still found. Bounded by names. Thread-safe.
 */
final class Statuses {
    private static final Logger LOG = LoggerFactory.getLogger(Statuses.class);
    private static final int MAX_ENTRIES = 50_000;
    /** Stores that share one are taken for one. */
    private static final int STRIPES = 256;

    /** Who lists goes on with the names that were there when he began. */
    private static final long LISTING_NANOS = Duration.ofMinutes(1).toNanos();

    private final long ttlNanos;
    private final int maxListed;
    private final LongSupplier nanos;
    private final Cache<Key, Known> entries;
    private final Cache<Key, Listed> directories;
    private final Once<Look, Known> looks;
    private final Once<Look, Listed> lists;
    private final LongAdder stale = new LongAdder();
    /** Counts the changes of each store that were made through this node: what was asked before the last one is neither kept nor waited for. */
    private final AtomicLongArray changes = new AtomicLongArray(STRIPES);

    private record Key(String uri, String path) {
        boolean isBelow(String store, String directory) {
            return uri.equals(store) && path.startsWith(directory + "/");
        }
    }

    /** A question that is on its way, and how many changes there were before it. */
    private record Look(Key key, long changes) {}

    private record Known(Optional<OuterEntry> entry, long atNanos) {}

    /** @param names in order; null where they are too many to be kept */
    private record Listed(@Nullable List<OuterEntry> names, long atNanos) {
        int weight() {
            return names == null ? 1 : 1 + names.size();
        }
    }

    /** Some entries of a directory, in order of name. */
    record Page(List<OuterEntry> entries, boolean more) {}

    Statuses(OuterConfig config, LongSupplier nanos) {
        this.ttlNanos = config.statusTtl().toNanos();
        this.maxListed = config.maxListed();
        this.nanos = nanos;
        this.entries = Caffeine.newBuilder()
                .maximumSize(Math.min(MAX_ENTRIES, maxListed))
                .executor(Runnable::run)
                .build();
        this.directories = Caffeine.newBuilder()
                .maximumWeight(maxListed)
                .weigher((Key key, Listed listed) -> listed.weight())
                .executor(Runnable::run)
                .build();
        Duration most = config.patience().multipliedBy(3);
        this.looks = new Once<>(most);
        this.lists = new Once<>(most);
    }

    /** Answers that were older than they should be, since the store gave none. */
    long stale() {
        return stale.sum();
    }

    Optional<OuterEntry> find(SteadyStore store, String path) {
        Key key = new Key(store.uri(), path);
        Known known = entries.getIfPresent(key);
        if (known != null && isFresh(known.atNanos, ttlNanos)) {
            return known.entry;
        }
        Look look = new Look(key, changes.get(stripe(key.uri)));
        return unlessSilent(
                        known,
                        key,
                        () -> looks.get(look, () -> {
                            long now = nanos.getAsLong();
                            Known found = new Known(store.ask(each -> each.find(path)), now);
                            keep(entries, look, found);
                            return found;
                        }))
                .entry;
    }

    private static int stripe(String uri) {
        return Math.floorMod(uri.hashCode(), STRIPES);
    }

    /** A change that was made meanwhile counts itself before it takes away what is kept: so one of both sees the other. */
    private <V> void keep(Cache<Key, V> cache, Look look, V answer) {
        cache.asMap().compute(look.key, (key, known) -> changes.get(stripe(key.uri)) == look.changes ? answer : known);
    }

    /** Something was changed there: what is asked next is asked of the store. */
    void forget(SteadyStore store, String path) {
        changes.incrementAndGet(stripe(store.uri()));
        entries.invalidate(new Key(store.uri(), path));
        // Those above it may have been made, or may have gone, with it.
        for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
            entries.invalidate(new Key(store.uri(), path.substring(0, end)));
            directories.invalidate(new Key(store.uri(), path.substring(0, end)));
        }
        directories.invalidate(new Key(store.uri(), ""));
        directories.invalidate(new Key(store.uri(), path));
    }

    /** The same of all that is below a directory. */
    void forgetBelow(SteadyStore store, String path) {
        forget(store, path);
        entries.asMap().keySet().removeIf(key -> key.isBelow(store.uri(), path));
        directories.asMap().keySet().removeIf(key -> key.isBelow(store.uri(), path));
    }

    /**
     * A page of a directory.
     *
     * @param after the last name of the page before; null for the first
     */
    Page list(SteadyStore store, String path, @Nullable String after, int limit) {
        Key key = new Key(store.uri(), path);
        Listed known = directories.getIfPresent(key);
        long mayBe = after == null ? ttlNanos : Math.max(ttlNanos, LISTING_NANOS);
        Listed listed = known != null && isFresh(known.atNanos, mayBe) ? known : listed(store, key, known);
        List<OuterEntry> names = listed.names;
        return names == null ? selected(store, path, after, limit) : page(names, after, limit);
    }

    private Listed listed(SteadyStore store, Key key, @Nullable Listed known) {
        Look look = new Look(key, changes.get(stripe(key.uri)));
        return unlessSilent(known, key, () -> lists.get(look, () -> listed(store, look)));
    }

    private Listed listed(SteadyStore store, Look look) {
        long now = nanos.getAsLong();
        List<OuterEntry> names = store.ask(each -> {
            NameSelection all = new NameSelection(null, maxListed);
            each.list(look.key.path, all);
            return all.inOrder();
        });
        Listed listed = new Listed(names.size() > maxListed ? null : names, now);
        keep(directories, look, listed);
        return listed;
    }

    /** Looks at all names for each page, and remembers none of the others. */
    private static Page selected(SteadyStore store, String path, @Nullable String after, int limit) {
        List<OuterEntry> some = store.ask(each -> {
            NameSelection next = new NameSelection(after, limit);
            each.list(path, next);
            return next.inOrder();
        });
        return new Page(some.subList(0, Math.min(limit, some.size())), some.size() > limit);
    }

    private static Page page(List<OuterEntry> names, @Nullable String after, int limit) {
        int from = after == null ? 0 : firstBehind(names, after);
        int to = Math.min(names.size(), from + limit);
        return new Page(names.subList(from, to), to < names.size());
    }

    private static int firstBehind(List<OuterEntry> names, String after) {
        OuterEntry last = new OuterEntry(after, false, 0, 0, null);
        int at = java.util.Collections.binarySearch(names, last, Comparator.comparing(OuterEntry::name));
        return at < 0 ? -at - 1 : at + 1;
    }

    private boolean isFresh(long atNanos, long mayBeNanos) {
        return nanos.getAsLong() - atNanos < mayBeNanos;
    }

    private <V> V unlessSilent(@Nullable V known, Key key, Supplier<V> asked) {
        try {
            return asked.get();
        } catch (GridException e) {
            if (known == null || e.code() != ErrorCode.UNAVAILABLE) {
                throw e;
            }
            stale.increment();
            LOG.debug(
                    "answers what was known of an outer store: uri={} path={} reason={}",
                    key.uri,
                    key.path,
                    e.toString());
            return known;
        }
    }
}
