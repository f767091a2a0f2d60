package io.swarmgrid.mount.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One file as it was opened, read at any place; where it is read from front to back, the next pieces are there already. Thread-safe. */
final class AheadInput implements AutoCloseable {
    /*
     * The kernel reads ahead, too: 128 KiB, or what root may set. Over a network that is one short call after the other, each for as long as
     * its way takes. So once a mebibyte was read in a row, the next four are fetched while the kernel comes for them. What is on this machine
     * is read from there when it is asked for: nothing would be gained. The kernel has several reads of one file on their way at once, which
     * come in any order: whatever is near to where the others are is part of the same run.
     */
    static final int PIECE_BYTES = 1 << 20;
    static final int AHEAD_BYTES = 4 * PIECE_BYTES;
    private static final int NEAR_BYTES = PIECE_BYTES;
    private static final int SURE_BYTES = PIECE_BYTES;

    private final Source source;
    private final ReadAhead ahead;

    @GuardedBy("this")
    private final TreeMap<Long, CompletableFuture<ByteBuffer>> pieces = new TreeMap<>();

    /** How far the present run of reads has come. */
    @GuardedBy("this")
    private long reached;

    @GuardedBy("this")
    private long runBytes;

    @GuardedBy("this")
    private boolean closed;

    /** Where the bytes are. Thread-safe. */
    interface Source extends AutoCloseable {
        long sizeBytes();

        /** Whether what is at a place can be read on this machine. */
        boolean isHere(long position);

        /** Fills the target, all of which has to be within the file. */
        void readAt(long from, ByteBuffer target);

        @Override
        void close();
    }

    AheadInput(Source source, ReadAhead ahead) {
        this.source = source;
        this.ahead = ahead;
    }

    long sizeBytes() {
        return source.sizeBytes();
    }

    /** Fills the target, all of which has to be within the file. */
    void readAt(long from, ByteBuffer target) {
        int end = target.limit();
        for (long next : expected(from, target.remaining())) {
            if (source.isHere(next) || !fetch(next)) {
                break;
            }
        }
        long at = from;
        while (target.position() < end) {
            long piece = at / PIECE_BYTES * PIECE_BYTES;
            int count = (int) Math.min(end - target.position(), piece + PIECE_BYTES - at);
            CompletableFuture<ByteBuffer> fetched = piece(piece);
            if (fetched == null) {
                count = (int) Math.min(end - target.position(), untilNext(piece) - at);
                target.limit(target.position() + count);
                source.readAt(at, target);
                target.limit(end);
            } else {
                copy(fetched, (int) (at - piece), count, at, target);
            }
            at += count;
        }
    }

    private void copy(CompletableFuture<ByteBuffer> fetched, int from, int count, long at, ByteBuffer target) {
        try {
            // Fetching ends, well or not, within the patience of the client.
            target.put(fetched.join().slice(from, count));
        } catch (CompletionException e) {
            // Whatever it was: if it still is, the read itself finds out.
            drop(at / PIECE_BYTES * PIECE_BYTES);
            int end = target.limit();
            target.limit(target.position() + count);
            source.readAt(at, target);
            target.limit(end);
        }
    }

    private synchronized @Nullable CompletableFuture<ByteBuffer> piece(long at) {
        return pieces.get(at);
    }

    /** Where the next piece behind one begins that is at hand, or on its way. */
    private synchronized long untilNext(long piece) {
        Long next = pieces.higherKey(piece);
        return next == null ? Long.MAX_VALUE : next;
    }

    /** Takes note of a read; says which pieces are to be there next and are not on their way. */
    private synchronized List<Long> expected(long from, int length) {
        if (Math.abs(from - reached) > NEAR_BYTES) {
            runBytes = 0;
            reached = from;
            dropAll();
        }
        runBytes += length;
        reached = Math.max(reached, from + length);
        dropBefore(reached - NEAR_BYTES);
        if (runBytes < SURE_BYTES) {
            return List.of();
        }
        List<Long> missing = new ArrayList<>();
        long first = (reached + PIECE_BYTES - 1) / PIECE_BYTES * PIECE_BYTES;
        long end = Math.min(source.sizeBytes(), reached + AHEAD_BYTES);
        for (long at = first; at < end; at += PIECE_BYTES) {
            if (!pieces.containsKey(at)) {
                missing.add(at);
            }
        }
        return missing;
    }

    /** Returns whether it is on its way. */
    private synchronized boolean fetch(long at) {
        if (closed || pieces.containsKey(at)) {
            return !closed;
        }
        CompletableFuture<ByteBuffer> fetched = new CompletableFuture<>();
        int length = (int) Math.min(PIECE_BYTES, source.sizeBytes() - at);
        boolean begun = ahead.begin(() -> {
            try {
                ByteBuffer bytes = ByteBuffer.allocate(length);
                source.readAt(at, bytes);
                fetched.complete(bytes.flip());
            } catch (RuntimeException | Error e) {
                fetched.completeExceptionally(e);
            }
        });
        if (begun) {
            pieces.put(at, fetched);
        }
        return begun;
    }

    @GuardedBy("this")
    private void dropBefore(long position) {
        Iterator<Map.Entry<Long, CompletableFuture<ByteBuffer>>> all =
                pieces.entrySet().iterator();
        while (all.hasNext() && all.next().getKey() + PIECE_BYTES <= position) {
            all.remove();
            ahead.giveBack(1);
        }
    }

    private synchronized void drop(long at) {
        if (pieces.remove(at) != null) {
            ahead.giveBack(1);
        }
    }

    @GuardedBy("this")
    private void dropAll() {
        ahead.giveBack(pieces.size());
        pieces.clear();
    }

    /** Reads that are going on end as they would have. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        dropAll();
        source.close();
    }
}
