package io.swarmgrid.storage.namespace.ignite;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.annotation.concurrent.GuardedBy;
import org.apache.ignite.Ignite;
import org.apache.ignite.events.CacheEvent;
import org.apache.ignite.events.EventType;
import org.apache.ignite.lang.IgnitePredicate;

/** The ids of inodes that have changed on this node, each once, in the order in which they did. Thread-safe; bounded. */
final class Changes implements AutoCloseable {
    private static final int BOUND = 1 << 16;
    private static final int[] EVENTS = {EventType.EVT_CACHE_OBJECT_PUT, EventType.EVT_CACHE_OBJECT_REMOVED};
    private static final Set<String> CACHES =
            Set.of(NamespaceCaches.INODES, NamespaceCaches.INLINE, NamespaceCaches.TRASH);

    private final Ignite ignite;
    private final IgnitePredicate<CacheEvent> listener = this::hear;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition some = lock.newCondition();

    @GuardedBy("lock")
    private final LinkedHashMap<Long, Change> ids = new LinkedHashMap<>();

    @GuardedBy("lock")
    private boolean incomplete;

    /**
     * What has happened to an inode.
     *
     * @param gone whether it was removed
     * @param changes how often it had been stored by then; 0 where that is not known
     */
    record Change(long id, boolean gone, long changes) {
        Change and(Change later) {
            return new Change(id, gone || later.gone, Math.max(changes, later.changes));
        }
    }

    Changes(Ignite ignite) {
        this.ignite = ignite;
    }

    void listen() {
        ignite.events().enableLocal(EVENTS);
        ignite.events().localListen(listener, EVENTS);
    }

    @Override
    public void close() {
        ignite.events().stopLocalListen(listener, EVENTS);
    }

    /** Some changes, at once where there are any; none where there were none for so long. */
    List<Change> take(int most, Duration patience) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = patience.toNanos();
            while (ids.isEmpty() && nanos > 0) {
                nanos = some.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
        return poll(most);
    }

    /** The same without waiting. */
    List<Change> poll(int most) {
        List<Change> taken = new ArrayList<>();
        lock.lock();
        try {
            Iterator<Change> each = ids.values().iterator();
            while (taken.size() < most && each.hasNext()) {
                taken.add(each.next());
                each.remove();
            }
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** Something that was taken has not been written down. */
    void missed() {
        incomplete(true);
    }

    /** All is known again by other means. */
    void complete() {
        incomplete(false);
    }

    boolean isIncomplete() {
        lock.lock();
        try {
            return incomplete;
        } finally {
            lock.unlock();
        }
    }

    private void incomplete(boolean to) {
        lock.lock();
        try {
            incomplete = to;
        } finally {
            lock.unlock();
        }
    }

    /** On a thread of Ignite, within a commit: must neither wait nor throw. */
    private boolean hear(CacheEvent event) {
        if (!CACHES.contains(event.cacheName()) || !(event.key() instanceof Long id) || !Ids.isInode(id)) {
            return true;
        }
        boolean removed = event.type() == EventType.EVT_CACHE_OBJECT_REMOVED;
        boolean gone;
        long changes = 0;
        switch (event.cacheName()) {
            case NamespaceCaches.INODES -> {
                gone = removed;
                if (removed && event.oldValue() instanceof byte[] row) {
                    changes = Inode.decode(row).revision().changes();
                }
            }
            case NamespaceCaches.TRASH -> {
                gone = !removed
                        && event.newValue() instanceof byte[] row
                        && Doomed.decode(row).lease() == null;
                if (!gone) {
                    return true; // only that a writer is still there, or that it has ended, which its inode says as
                    // well
                }
            }
            default -> gone = false; // bytes that come go with their inode
        }
        add(new Change(id, gone, changes));
        return true;
    }

    private void add(Change change) {
        lock.lock();
        try {
            if (ids.size() < BOUND || ids.containsKey(change.id())) {
                ids.merge(change.id(), change, Change::and);
            } else {
                incomplete = true;
            }
            some.signal();
        } finally {
            lock.unlock();
        }
    }
}
