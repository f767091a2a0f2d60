package io.swarmgrid.it.chaos.judge;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Files that grow at their end and are read meanwhile, each by one writer at a time: what was acknowledged of them and what
 * readers saw. A byte is a function of its file and its offset, so what is read is right or wrong whoever wrote it, and
 * only lengths are to be judged. Thread-safe.
 */
public final class Ledger {
    private final LongSupplier nanoTime;

    @GuardedBy("this")
    private final Map<String, List<Event>> events = new TreeMap<>();

    /** @param nanoTime one clock for all callers */
    public Ledger(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private enum Kind {
        /** Somebody began to write up to there. */
        ATTEMPTED,
        /** The grid said that all up to there is visible and stays. */
        ACKNOWLEDGED,
        /** A reader saw so much. */
        SEEN,
        /** A reader saw other bytes than were ever written. */
        WRONG
    }

    private record Event(Kind kind, long begunNanos, long endedNanos, long length) {}

    /** The bytes of a file from an offset on. */
    public static byte[] bytes(String path, long offset, int length) {
        byte[] bytes = new byte[length];
        long key = path.hashCode() * 0x9E3779B97F4A7C15L;
        for (int i = 0; i < length; i++) {
            long at = offset + i;
            long mixed = (key ^ (at >>> 3)) * 0xBF58476D1CE4E5B9L;
            bytes[i] = (byte) (mixed >>> (8 * (at & 7)));
        }
        return bytes;
    }

    /** The moment, to be asked for before a read begins. */
    public long now() {
        return nanoTime.getAsLong();
    }

    /** To be told before a byte is sent. */
    public void attempted(String path, long upTo) {
        add(path, Kind.ATTEMPTED, now(), upTo);
    }

    /** To be told once a flush, a sync or a close has returned; 0 once the file was made. */
    public void acknowledged(String path, long upTo) {
        add(path, Kind.ACKNOWLEDGED, now(), upTo);
    }

    /** @param begunNanos {@link #now} before the read */
    public void saw(String path, long begunNanos, byte[] bytes) {
        boolean right = Arrays.equals(bytes, bytes(path, 0, bytes.length));
        add(path, right ? Kind.SEEN : Kind.WRONG, begunNanos, bytes.length);
    }

    /** There was no such file. */
    public void sawNothing(String path, long begunNanos) {
        add(path, Kind.SEEN, begunNanos, -1);
    }

    private synchronized void add(String path, Kind kind, long begunNanos, long length) {
        events.computeIfAbsent(path, none -> new ArrayList<>()).add(new Event(kind, begunNanos, now(), length));
    }

    public synchronized Set<String> paths() {
        return new TreeSet<>(events.keySet());
    }

    /** How often something was acknowledged, and how often something was seen. */
    public synchronized String tally() {
        List<Event> all = events.values().stream().flatMap(List::stream).toList();
        return "growing files: " + events.size() + ", acknowledged "
                + all.stream().filter(event -> event.kind == Kind.ACKNOWLEDGED).count()
                + ", read "
                + all.stream().filter(event -> event.kind == Kind.SEEN).count();
    }

    /** What was seen that cannot be. */
    public synchronized List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        events.forEach((path, all) -> all.forEach(event -> {
            switch (event.kind) {
                case WRONG ->
                    findings.add(
                            new Finding(Breach.TORN_CONTENT, path, event.length + " bytes, not as they were written"));
                case SEEN -> judge(path, event, all, findings);
                case ATTEMPTED, ACKNOWLEDGED -> {}
            }
        }));
        return findings;
    }

    private static void judge(String path, Event seen, List<Event> all, List<Finding> findings) {
        long acknowledged = longest(all, Kind.ACKNOWLEDGED, seen.begunNanos);
        long before = longest(all, Kind.SEEN, seen.begunNanos);
        long attempted = longest(all, Kind.ATTEMPTED, seen.endedNanos);
        if (seen.length < acknowledged) {
            findings.add(new Finding(
                    Breach.LOST_WRITE, path, shown(seen) + " seen, " + acknowledged + " were acknowledged before"));
        } else if (seen.length < before) {
            findings.add(new Finding(Breach.STALE_READ, path, shown(seen) + " seen, " + before + " were seen before"));
        }
        if (seen.length > Math.max(0, attempted)) {
            findings.add(new Finding(
                    Breach.FOREIGN_CONTENT, path, shown(seen) + " seen, at most " + attempted + " were written"));
        }
    }

    private static String shown(Event seen) {
        return seen.length < 0 ? "no file was" : seen.length + " bytes were";
    }

    /** The longest of a kind that had ended by then; -1 where there is none. */
    private static long longest(List<Event> all, Kind kind, long nanos) {
        return all.stream()
                .filter(event -> event.kind == kind && event.endedNanos <= nanos)
                .mapToLong(Event::length)
                .max()
                .orElse(-1);
    }
}
