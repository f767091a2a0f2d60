package io.swarmgrid.client.data;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** What a writer has sent and cannot be sure of yet, to be sent again. Owns its buffers. Confined to one thread at a time. */
final class KeptBytes {
    private final Deque<Piece> pieces = new ArrayDeque<>();
    private long begin;
    private long end;

    private record Piece(long offset, ByteBuf bytes) {
        long end() {
            return offset + bytes.readableBytes();
        }
    }

    /** Nothing before that place is kept here. */
    KeptBytes(long begin) {
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

    /** Takes the ownership of the buffer, whose bytes follow all before. */
    void add(ByteBuf bytes) {
        pieces.addLast(new Piece(end, bytes));
        end += bytes.readableBytes();
    }

    /** Gives back what lies before a place in the file. */
    void dropUpTo(long place) {
        for (Piece first = pieces.peekFirst(); first != null && first.end() <= place; first = pieces.peekFirst()) {
            pieces.removeFirst();
            first.bytes.release();
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
        pieces.forEach(piece -> piece.bytes.release());
        pieces.clear();
        begin = end;
    }
}
