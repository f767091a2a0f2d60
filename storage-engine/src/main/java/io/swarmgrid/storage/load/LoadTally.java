package io.swarmgrid.storage.load;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.LoadResult.MissingRange;
import io.swarmgrid.storage.load.LoadFile.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What one walk has found. Thread-safe. */
final class LoadTally {
    /** Those that are named. Of blocks that follow each other one range is made, so more are kept. */
    private static final int MAX_NAMED = 1000;

    private static final int MAX_KEPT = 10 * MAX_NAMED;

    private final LongAdder files = new LongAdder();
    private final LongAdder blocks = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder nearFiles = new LongAdder();
    private final LongAdder nearBlocks = new LongAdder();
    private final LongAdder nearBytes = new LongAdder();
    private final LongAdder broughtBlocks = new LongAdder();
    private final LongAdder broughtBytes = new LongAdder();
    /** Over the files and their versions, in whatever order they were seen. */
    private final LongAdder print = new LongAdder();

    @GuardedBy("this")
    private final List<MissingRange> missing = new ArrayList<>();

    @GuardedBy("this")
    private long missingBlocks;

    @GuardedBy("this")
    private long missingBytes;

    /** Of what is missing. */
    record Missing(List<MissingRange> first, long more, long blocks, long bytes) {}

    void sees(FileStatus file) {
        files.increment();
        long mixed = (file.id() * 0x9e3779b97f4a7c15L + file.version()) * 0xbf58476d1ce4e5b9L;
        print.add(mixed ^ (mixed >>> 29));
    }

    void sees(Piece piece) {
        blocks.increment();
        bytes.add(piece.sizeBytes());
    }

    void isNear(Piece piece) {
        nearBlocks.increment();
        nearBytes.add(piece.sizeBytes());
    }

    void brought(Piece piece) {
        broughtBlocks.increment();
        broughtBytes.add(piece.sizeBytes());
    }

    void hasAll(FileStatus file) {
        nearFiles.increment();
    }

    synchronized void lacks(FileStatus file, Piece piece, ErrorCode code, String why) {
        missingBlocks++;
        missingBytes += piece.sizeBytes();
        if (missing.size() < MAX_KEPT) {
            missing.add(new MissingRange(file.path(), piece.offset(), piece.sizeBytes(), code.name(), why));
        }
    }

    /** All of a file, of which nobody knows where it is. */
    synchronized void lacks(FileStatus file, ErrorCode code, String why) {
        missingBlocks++;
        missingBytes += file.sizeBytes();
        if (missing.size() < MAX_KEPT) {
            missing.add(new MissingRange(file.path(), 0, file.sizeBytes(), code.name(), why));
        }
    }

    long files() {
        return files.sum();
    }

    long blocks() {
        return blocks.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    long nearFiles() {
        return nearFiles.sum();
    }

    long nearBlocks() {
        return nearBlocks.sum();
    }

    long nearBytes() {
        return nearBytes.sum();
    }

    long broughtBlocks() {
        return broughtBlocks.sum();
    }

    long broughtBytes() {
        return broughtBytes.sum();
    }

    /** Whether the other walk has seen the same files as they were then. */
    boolean isLike(LoadTally other) {
        return files() == other.files() && print.sum() == other.print.sum();
    }

    synchronized boolean isWhole() {
        return missingBlocks == 0;
    }

    synchronized Missing missing() {
        List<MissingRange> ranges = new ArrayList<>();
        List<MissingRange> sorted = new ArrayList<>(missing);
        sorted.sort(Comparator.comparing(MissingRange::path).thenComparing(MissingRange::offset));
        for (MissingRange next : sorted) {
            MissingRange last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            if (last != null && isOneWith(last, next)) {
                ranges.set(
                        ranges.size() - 1,
                        new MissingRange(
                                last.path(),
                                last.offset(),
                                last.sizeBytes() + next.sizeBytes(),
                                last.code(),
                                last.why()));
            } else {
                ranges.add(next);
            }
        }
        int named = Math.min(MAX_NAMED, ranges.size());
        // Those that were not kept may have made fewer ranges: nobody knows.
        long more = ranges.size() - named + (missing.size() < MAX_KEPT ? 0 : missingBlocks - missing.size());
        return new Missing(List.copyOf(ranges.subList(0, named)), more, missingBlocks, missingBytes);
    }

    private static boolean isOneWith(MissingRange last, MissingRange next) {
        return last.path().equals(next.path())
                && last.offset() + last.sizeBytes() == next.offset()
                && last.code().equals(next.code())
                && last.why().equals(next.why());
    }
}
