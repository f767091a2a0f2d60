package io.swarmgrid.hadoop;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.apache.hadoop.fs.FileRange;

/** Several ranges of a file, read at once: neighbours by one request, requests side by side. */
final class VectoredRead {
    /** So much between two ranges is read and thrown away rather than asked around. */
    static final int MERGE_GAP_BYTES = 64 << 10;

    static final int MAX_MERGED_BYTES = 4 << 20;

    private final IntFunction<ByteBuffer> allocate;
    private final Source source;

    private VectoredRead(IntFunction<ByteBuffer> allocate, Source source) {
        this.allocate = allocate;
        this.source = source;
    }

    /** Fills a buffer from a place on. */
    interface Source {
        void fetch(long position, ByteBuffer target) throws IOException;
    }

    /**
     * Gives each range the future of its bytes.
     *
     * @return how many requests they are read by
     * @throws IllegalArgumentException where ranges overlap or a length is negative
     * @throws EOFException where a range is not within the file
     */
    static int start(
            List<? extends FileRange> ranges,
            long sizeBytes,
            IntFunction<ByteBuffer> allocate,
            Source source,
            Executor executor)
            throws EOFException {
        List<FileRange> sorted = sorted(ranges, sizeBytes);
        for (FileRange range : sorted) {
            range.setData(new CompletableFuture<>());
        }
        VectoredRead read = new VectoredRead(allocate, source);
        List<List<FileRange>> groups = grouped(sorted);
        for (List<FileRange> group : groups) {
            executor.execute(() -> read.fetch(group));
        }
        return groups.size();
    }

    private static List<FileRange> sorted(List<? extends FileRange> ranges, long sizeBytes) throws EOFException {
        List<FileRange> sorted = new ArrayList<>(ranges);
        for (FileRange range : sorted) {
            if (range.getLength() < 0) {
                throw new IllegalArgumentException("length is negative: " + range);
            }
            if (range.getOffset() < 0 || range.getLength() > sizeBytes - range.getOffset()) {
                throw new EOFException("range is not within the file of " + sizeBytes + " bytes: " + range);
            }
        }
        sorted.sort(Comparator.comparingLong(FileRange::getOffset));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).getOffset() < end(sorted.get(i - 1))) {
                throw new IllegalArgumentException("ranges overlap: " + sorted.get(i - 1) + " and " + sorted.get(i));
            }
        }
        return sorted;
    }

    private static List<List<FileRange>> grouped(List<FileRange> sorted) {
        List<List<FileRange>> groups = new ArrayList<>();
        List<FileRange> group = new ArrayList<>();
        for (FileRange range : sorted) {
            boolean joins = !group.isEmpty()
                    && range.getOffset() - end(group.get(group.size() - 1)) <= MERGE_GAP_BYTES
                    && end(range) - group.get(0).getOffset() <= MAX_MERGED_BYTES;
            if (!joins && !group.isEmpty()) {
                groups.add(group);
                group = new ArrayList<>();
            }
            group.add(range);
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }

    private void fetch(List<FileRange> group) {
        try {
            if (group.size() == 1) {
                FileRange only = group.get(0);
                ByteBuffer target = allocate.apply(only.getLength());
                complete(only, target, () -> source.fetch(only.getOffset(), target));
                return;
            }
            long from = group.get(0).getOffset();
            ByteBuffer whole = ByteBuffer.allocate((int) (end(group.get(group.size() - 1)) - from));
            source.fetch(from, whole);
            for (FileRange range : group) {
                ByteBuffer target = allocate.apply(range.getLength());
                int at = (int) (range.getOffset() - from);
                complete(range, target, () -> target.put(whole.slice(at, range.getLength())));
            }
        } catch (IOException | RuntimeException | Error e) {
            group.forEach(range -> range.getData().completeExceptionally(e));
        }
    }

    private interface Filling {
        void run() throws IOException;
    }

    private static void complete(FileRange range, ByteBuffer target, Filling filling) throws IOException {
        target.limit(target.position() + range.getLength());
        target.mark();
        filling.run();
        target.reset();
        range.getData().complete(target);
    }

    private static long end(FileRange range) {
        return range.getOffset() + range.getLength();
    }
}
