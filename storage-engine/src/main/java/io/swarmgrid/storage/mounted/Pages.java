package io.swarmgrid.storage.mounted;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.NearCopies;
import io.swarmgrid.storage.replica.DataPath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of outer files as this node reads them: from near copies, else from whoever is bringing them, else by bringing them, some at a
 * time where they are read in order. Each page is on its way once. Thread-safe.
 */
final class Pages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pages.class);
    private static final int THREADS = 32;
    private static final int IDLE_SECONDS = 30;
    private static final int MAX_ROUNDS = 100;
    private static final int MAX_UNREAD = 10_000;
    private static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final DataPath path;
    private final int pageBytes;
    private final long patienceNanos;
    private final PageOrigin origin;
    private final ConcurrentMap<SealedBlock, PageFlight> running = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    /** Brought for a reader who has not come to it yet: near or not, it is one that had to be brought. */
    private final Cache<SealedBlock, Boolean> unread = Caffeine.newBuilder()
            .maximumSize(MAX_UNREAD)
            .executor(Runnable::run)
            .build();
    /** What is brought ahead is of use only where it is kept. */
    private volatile boolean keeps = true;

    Pages(DataPath path, PageOrigin origin) {
        this.path = path;
        this.pageBytes = path.config().outer().pageSize().toIntBytes();
        // The store is asked for that long, after the home of the page was.
        this.patienceNanos = 3 * path.config().outer().patience().toNanos();
        this.origin = origin;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(0, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "outer-fetch-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    int pageBytes() {
        return pageBytes;
    }

    /**
     * Reads a part of a page.
     *
     * @param run how many pages from this one on are brought where it is not here
     * @return the caller releases it
     */
    ByteBuf read(OuterFile file, Wanted wanted, int run, CallContext call, Hop hop) {
        SealedBlock page = file.page(wanted.index, pageBytes);
        OuterCounts counts = origin.counts(file.uri());
        for (int i = 0; i < MAX_ROUNDS; i++) {
            ByteBuf near = near(page, wanted, call);
            if (near != null) {
                if (hop == Hop.HOME) {
                    countComing(counts, page, wanted, false);
                    counts.nearBytes.add(wanted.length);
                }
                return near;
            }
            PageFlight mine = new PageFlight(page, wanted.index);
            mine.enter();
            PageFlight other = running.putIfAbsent(page, mine);
            if (other == null && !isNearAfterAll(mine)) {
                begin(file, mine, run, call, hop);
            } else if (other != null && !other.enter()) {
                continue; // it has just ended: the page is near, or has to be brought anew
            }
            ByteBuf bytes = (other == null ? mine : other).await(wanted.from, wanted.length, patienceNanos);
            if (bytes != null) {
                if (hop == Hop.HOME) {
                    countComing(counts, page, wanted, true);
                }
                return bytes;
            }
        }
        throw new GridException(
                ErrorCode.UNAVAILABLE,
                "cannot read " + file.uri() + "/" + file.path() + ": its pages go before they are read");
    }

    /** Counts a page once for each reader who comes to it, where he is, and not at its home: as brought, too, where it was brought ahead of him. */
    private void countComing(OuterCounts counts, SealedBlock page, Wanted wanted, boolean isMiss) {
        if (wanted.counts) {
            counts.came(unread.asMap().remove(page) != null || isMiss);
        }
    }

    /** Before they are on their way: a reader who comes to one is not to be faster. */
    private void mark(List<PageFlight> flights, Hop hop) {
        if (hop == Hop.HOME) {
            flights.forEach(flight -> unread.put(flight.page(), true));
        }
    }

    /**
     * Lends a page to a reader on this machine.
     *
     * @param isMiss whether it was brought for him
     * @return null where it is not near
     */
    @Nullable
    Loan lend(OuterFile file, long index, boolean isMiss, CallContext call) {
        SealedBlock page = file.page(index, pageBytes);
        NearCopies copies = path.near();
        try {
            Loan loan = copies.lend(page);
            if (loan != null) {
                OuterCounts counts = origin.counts(file.uri());
                counts.came(unread.asMap().remove(page) != null || isMiss);
                if (!isMiss) {
                    counts.nearBytes.add(page.lengthBytes());
                }
                if (!isMiss && !call.qos().equals(QosClass.BACKGROUND)) {
                    copies.hit(page);
                }
            }
            return loan;
        } catch (GridException e) {
            LOG.debug("does not lend a page: page={} reason={}", page.id(), e.getMessage());
            return null;
        }
    }

    /**
     * Has pages brought that follow each other, so that they can be lent: only where they are sure to be kept, for else they would be brought
     * twice. Waits for them, but not for a store that takes its time: who reads them waits for those that are on their way.
     */
    void bringToLend(OuterFile file, long from, int run, CallContext call, Hop hop) {
        if (!path.near().hasRoom(run, pageBytes)) {
            return;
        }
        long deadline = System.nanoTime() + MAX_WAIT_NANOS;
        SealedBlock first = file.page(from, pageBytes);
        PageFlight mine = new PageFlight(first, from);
        if (running.putIfAbsent(first, mine) == null && !isNearAfterAll(mine)) {
            beginIfIdle(file, mine, run, call, hop);
        }
        for (long index = from; index < Math.min(from + run, file.pages(pageBytes)); index++) {
            PageFlight flight = running.get(file.page(index, pageBytes));
            if (flight != null) {
                flight.awaitEnd(deadline - System.nanoTime());
            }
        }
    }

    /** Returns when a page that was read just now is kept, if it is. */
    void awaitKept(SealedBlock page) {
        PageFlight flight = running.get(page);
        if (flight != null) {
            flight.awaitEnd(patienceNanos);
        }
    }

    /**
     * Where in a page.
     *
     * @param counts whether this reader comes to the page
     */
    record Wanted(long index, int from, int length, boolean counts) {}

    /** Who may be asked for a page that is not here. */
    enum Hop {
        /** Its home, which asks the store. */
        HOME,
        /** The store. */
        STORE
    }

    /** Has the next pages brought, if the reader goes on as before; waits for nothing. */
    void ahead(OuterFile file, long from, int run, CallContext call, Hop hop) {
        if (!keeps || from >= file.pages(pageBytes)) {
            return;
        }
        for (long index = from; index < Math.min(from + run, file.pages(pageBytes)); index++) {
            SealedBlock page = file.page(index, pageBytes);
            if (running.containsKey(page) || path.near().has(page)) {
                continue;
            }
            PageFlight mine = new PageFlight(page, index);
            if (running.putIfAbsent(page, mine) == null && !isNearAfterAll(mine)) {
                beginIfIdle(file, mine, run, call, hop);
            }
            return;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private @Nullable ByteBuf near(SealedBlock page, Wanted wanted, CallContext call) {
        NearCopies copies = path.near();
        try (BlockReader reader = copies.open(page)) {
            if (reader == null) {
                return null;
            }
            ByteBuf bytes = reader.read(wanted.from, wanted.length);
            copies.readNear(wanted.length);
            if (wanted.counts && !call.qos().equals(QosClass.BACKGROUND)) {
                copies.hit(page);
            }
            return bytes;
        } catch (GridException e) {
            if (e.code() == ErrorCode.CANCELLED || e.code() == ErrorCode.OVERLOADED) {
                throw e;
            }
            LOG.warn("near copy of an outer page cannot be read: page={} reason={}", page.id(), e.getMessage());
            copies.isBad(page);
            return null;
        }
    }

    /** By a thread of its own, or, where all are busy, by the caller, who waits for the page anyway. */
    private void begin(OuterFile file, PageFlight first, int run, CallContext call, Hop hop) {
        List<PageFlight> flights = flights(file, first, run);
        mark(flights, hop);
        try {
            threads.execute(() -> bring(file, flights, call, hop));
        } catch (RejectedExecutionException e) {
            bring(file, flights, call, hop);
        }
    }

    /** By a thread of its own, or, where all are busy, not at all: the caller waits for nothing. */
    private void beginIfIdle(OuterFile file, PageFlight first, int run, CallContext call, Hop hop) {
        List<PageFlight> flights = flights(file, first, run);
        mark(flights, hop);
        try {
            threads.execute(() -> bring(file, flights, call, hop));
        } catch (RejectedExecutionException e) {
            flights.forEach(flight -> unread.invalidate(flight.page()));
            end(flights, null); // who waits for one of them already brings it himself
        }
    }

    /** Of a page and those behind it that nobody brings. */
    private List<PageFlight> flights(OuterFile file, PageFlight first, int run) {
        List<PageFlight> flights = new ArrayList<>();
        flights.add(first);
        long last = Math.min(first.index() + (keeps ? run : 1), file.pages(pageBytes));
        for (long index = first.index() + 1; index < last; index++) {
            SealedBlock page = file.page(index, pageBytes);
            PageFlight next = new PageFlight(page, index);
            if (running.putIfAbsent(page, next) != null || isNearAfterAll(next)) {
                break;
            }
            flights.add(next);
        }
        return flights;
    }

    /** Whoever brought it may have ended between the look at what is near and the one at what is on its way. */
    private boolean isNearAfterAll(PageFlight mine) {
        if (!path.near().has(mine.page())) {
            return false;
        }
        running.remove(mine.page(), mine);
        mine.end(null);
        return true;
    }

    private void bring(OuterFile file, List<PageFlight> flights, CallContext call, Hop hop) {
        GridException failure = null;
        try {
            origin.bring(file, flights, call, hop, this::arrived);
        } catch (GridException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new GridException(ErrorCode.INTERNAL, "cannot bring pages of " + file.path() + ": " + e, e);
        } finally {
            end(flights, failure);
        }
    }

    private void end(List<PageFlight> flights, @Nullable GridException failure) {
        for (PageFlight flight : flights) {
            running.remove(flight.page(), flight);
            flight.end(failure);
        }
    }

    /** Takes the ownership of the bytes of a page. */
    private void arrived(PageFlight flight, ByteBuf bytes) {
        bytes.retain(); // for as long as it takes to keep it
        try {
            if (!flight.come(bytes)) {
                bytes.release(); // another attempt was first
                return;
            }
            keeps = path.near().keep(flight.page(), bytes);
            running.remove(flight.page(), flight);
            flight.end(null);
        } finally {
            bytes.release();
        }
    }
}
