package io.swarmgrid.storage.file;

import io.swarmgrid.client.bytes.Crc32c;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** What was sent of a run and is not acknowledged by all, and the checksum of its present block. Confined to the run's thread. */
final class Window implements Iterable<Chunk> {
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private int crc;

    /** Takes the ownership of the chunk, which follows all before it. */
    void add(Chunk chunk) {
        chunk.crcBefore(crc);
        chunks.add(chunk);
        crc = Crc32c.combine(crc, chunk.crc32c(), chunk.lengthBytes());
    }

    /** Of the present block so far. */
    int crc32c() {
        return crc;
    }

    /** Of the present block up to where the window begins. */
    int crcBefore() {
        Chunk first = chunks.peekFirst();
        return first == null ? crc : first.crcBefore();
    }

    /** What is in the window is the beginning of another block. */
    void beginBlock() {
        crc = 0;
        for (Chunk chunk : chunks) {
            chunk.crcBefore(crc);
            crc = Crc32c.combine(crc, chunk.crc32c(), chunk.lengthBytes());
        }
    }

    /** All have what lies before that place in the run. */
    void dropUpTo(long end) {
        for (Chunk chunk = chunks.peekFirst(); chunk != null && chunk.end() <= end; chunk = chunks.peekFirst()) {
            chunks.removeFirst();
            chunk.release();
        }
    }

    void release() {
        chunks.forEach(Chunk::release);
        chunks.clear();
    }

    @Override
    public Iterator<Chunk> iterator() {
        return chunks.iterator();
    }
}
