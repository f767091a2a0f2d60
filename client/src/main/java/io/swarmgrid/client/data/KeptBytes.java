package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.grid.ResendBudget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What a writer has sent and cannot be sure of yet, to be sent again. Owns its buffers, and its part of what all writers of the client may
 * keep. Confined to one thread at a time.
 */
final class KeptBytes {
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final ResendBudget budget;
    private long begin;
    private long end;
    /** Taken for a piece that is still to come. */
    private long promised;

    /** @param counted how much of the budget it has */
    private record Piece(long offset, ByteBuf bytes, long counted) {
        long end() {
            return offset + bytes.readableBytes();
        }
    }

    /** Nothing before that place is kept here. */
    KeptBytes(long begin, ResendBudget budget) {
        this.budget = budget;
        this.begin = begin;
        this.end = begin;
    }

    /** Place in the file of the first byte that can be sent again. */
    long begin() {
        return begin;
    }

    /** Place in the file behind the last one. */
    long end() {
        return end;
    }

    long sizeBytes() {
        return end - begin;
    }

    /** Whether all writers together keep so little that the next piece may be kept, too: it is counted then. */
    boolean promise(long bytes) {
        if (promised == 0 && budget.take(bytes)) {
            promised = bytes;
        }
        return promised > 0;
    }

    /** Takes the ownership of the buffer, whose bytes follow all before. */
    void add(ByteBuf bytes) {
        pieces.addLast(new Piece(end, bytes, promised));
        promised = 0;
        end += bytes.readableBytes();
    }

    /** Gives back what lies before a place in the file. */
    void dropUpTo(long place) {
        for (Piece first = pieces.peekFirst(); first != null && first.end() <= place; first = pieces.peekFirst()) {
            pieces.removeFirst();
            drop(first);
        }
        Piece first = pieces.peekFirst();
        begin = first == null ? end : first.offset;
    }

    /** Hands on all bytes from a place on, piece by piece; who gets a piece owns it. */
    void from(long place, Consumer<ByteBuf> taker) {
        for (Piece piece : pieces) {
            if (piece.end() > place) {
                int skipped = (int) Math.max(0, place - piece.offset);
                taker.accept(piece.bytes.retainedSlice(
                        piece.bytes.readerIndex() + skipped, piece.bytes.readableBytes() - skipped));
            }
        }
    }

    void release() {
        pieces.forEach(this::drop);
        pieces.clear();
        budget.giveBack(promised);
        promised = 0;
        begin = end;
    }

    private void drop(Piece piece) {
        piece.bytes.release();
        budget.giveBack(piece.counted);
    }
}
