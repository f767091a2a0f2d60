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
 * Files that grow at their end and are read meanwhile, each by one writer at a time, and whole trees of them that are removed:
 * what was acknowledged and what readers saw. A file is made once at most. A byte is a function of its file and its offset, so what is read is right or wrong whoever wrote it, and
 * only lengths are to be judged. Thread-safe.
 */
public final class Ledger {
    private final LongSupplier nanoTime;

    @GuardedBy("this")
    private final Map<String, List<Event>> events = new TreeMap<>();

    @GuardedBy("this")
    private final List<Removal> removals = new ArrayList<>();

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

    /** Of a whole tree; it never ended where nobody said so. */
    private record Removal(String top, long begunNanos, long endedNanos) {
        boolean isAbove(String path) {
            return path.startsWith(top + "/");
        }
    }

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

    /** To be told before a directory is asked to go with all that is below it. */
    public synchronized void removing(String top) {
        removals.add(new Removal(top, now(), Long.MAX_VALUE));
    }

    /**
     * The grid said that it is gone.
     *
     * @param begunNanos {@link #now} before it was asked for
     */
    public synchronized void removed(String top, long begunNanos) {
        removals.add(new Removal(top, begunNanos, now()));
    }

    private synchronized void add(String path, Kind kind, long begunNanos, long length) {
        events.computeIfAbsent(path, none -> new ArrayList<>()).add(new Event(kind, begunNanos, now(), length));
    }

    public synchronized Set<String> paths() {
        return new TreeSet<>(events.keySet());
    }

    /** The files, and all directories above them. */
    public synchronized Set<String> named() {
        Set<String> named = new TreeSet<>(events.keySet());
        for (String path : events.keySet()) {
            for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                named.add(path.substring(0, slash));
            }
        }
        return named;
    }

    /** How often something was acknowledged, and how often something was seen. */
    public synchronized String tally() {
        List<Event> all = events.values().stream().flatMap(List::stream).toList();
        return "growing files: " + events.size() + ", acknowledged "
                + all.stream().filter(event -> event.kind == Kind.ACKNOWLEDGED).count()
                + ", read "
                + all.stream().filter(event -> event.kind == Kind.SEEN).count() + ", trees removed "
                + removals.stream()
                        .filter(removal -> removal.endedNanos < Long.MAX_VALUE)
                        .count();
    }

    /** What was seen that cannot be. */
    public synchronized List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        events.forEach((path, all) -> all.forEach(event -> judged(path, event, all, findings)));
        return findings;
    }

    private synchronized void judged(String path, Event event, List<Event> all, List<Finding> findings) {
        switch (event.kind) {
            case WRONG ->
                findings.add(new Finding(Breach.TORN_CONTENT, path, event.length + " bytes, not as they were written"));
            case SEEN -> judge(path, event, all, findings);
            case ATTEMPTED, ACKNOWLEDGED -> {}
        }
    }

    private synchronized void judge(String path, Event seen, List<Event> all, List<Finding> findings) {
        List<Removal> above =
                removals.stream().filter(each -> each.isAbove(path)).toList();
        if (seen.length < 0 && above.stream().anyMatch(removal -> removal.begunNanos <= seen.endedNanos)) {
            return;
        }
        boolean gone = above.stream()
                .anyMatch(removal -> removal.endedNanos <= seen.begunNanos
                        && longest(all, Kind.ACKNOWLEDGED, removal.begunNanos) >= 0);
        if (gone) {
            findings.add(new Finding(
                    Breach.LOST_DELETE, path, shown(seen) + " seen, its tree was acknowledged as removed before"));
        }
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
