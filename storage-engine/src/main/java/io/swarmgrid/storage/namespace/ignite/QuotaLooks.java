package io.swarmgrid.storage.namespace.ignite;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks at all shares of quotas, one after the other: where a quota is full all its writers ask, and each look takes all partitions. Who
 * waits is answered by what was seen after he came, where that refuses him: so many are refused by one look, and nobody for what was taken
 * back before he came. Few wait, and not long, since a call from another node holds one of a few threads; the others ask again. Thread-safe.
 */
final class QuotaLooks {
    /** In all of this node, besides those who look. */
    static final int MAX_WAITING = 4;

    private static final int SLOTS = 16;
    private static final long PATIENCE_MS = 200;

    private final long patienceMs;
    private final AtomicLong order = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Slot[] slots = Stream.generate(Slot::new).limit(SLOTS).toArray(Slot[]::new);

    /** For a quota, and by chance for others. */
    private static final class Slot {
        private final ReentrantLock lock = new ReentrantLock();
        /** Guarded by the lock. */
        private @Nullable Seen last;
    }

    private record Seen(long quota, long order, State state) {}

    /** What there is of a quota, and may be. */
    record State(Amount used, Amount limits) {
        private boolean allows(Amount more) {
            return more.fits(used, limits);
        }
    }

    QuotaLooks() {
        this(PATIENCE_MS);
    }

    QuotaLooks(long patienceMs) {
        this.patienceMs = patienceMs;
    }

    int waiting() {
        return waiting.get();
    }

    /**
     * Asks for more of a quota.
     *
     * @param look without a transaction, which others would have to be repeated for; null where there is no such quota
     * @param change what gives it, if there is that much left after all
     * @throws StaleException where too many wait, or somebody looks for too long: ask again
     */
    AllowanceStep.Answer ask(
            long quota, Amount wanted, Supplier<@Nullable State> look, Supplier<AllowanceStep.Answer> change) {
        Slot slot = slots[Math.floorMod(Long.hashCode(quota), SLOTS)];
        long came = order.incrementAndGet();
        enter(slot);
        try {
            Seen last = slot.last;
            if (last != null && last.quota == quota && last.order > came && !last.state.allows(wanted)) {
                return AllowanceStep.Answer.refused(last.state);
            }
            long begun = order.incrementAndGet();
            State state = look.get();
            slot.last = state == null ? null : new Seen(quota, begun, state);
            return state == null || state.allows(wanted) ? change.get() : AllowanceStep.Answer.refused(state);
        } finally {
            slot.lock.unlock();
        }
    }

    private void enter(Slot slot) {
        if (slot.lock.tryLock()) {
            return;
        }
        try {
            if (waiting.incrementAndGet() > MAX_WAITING || !slot.lock.tryLock(patienceMs, TimeUnit.MILLISECONDS)) {
                throw new StaleException("many ask for what a quota leaves");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StaleException("interrupted");
        } finally {
            waiting.decrementAndGet();
        }
    }
}
