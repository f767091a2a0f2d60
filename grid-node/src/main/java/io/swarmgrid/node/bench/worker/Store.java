package io.swarmgrid.node.bench.worker;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Files, as far as they are measured; each method is one thing that a caller waits for, done as the store's own users would.
 * Paths are absolute. Thread-safe; a {@link Reader} is too, but for its position.
 */
public interface Store extends Closeable {
    /** An open file. */
    interface Reader extends Closeable {
        /**
         * Reads some bytes at the position and moves it on.
         *
         * @return how many; -1 at the end
         */
        int read(byte[] target) throws IOException;

        /** Fills the target with the bytes from a place on, and leaves the position alone. */
        void readAt(long from, byte[] target) throws IOException;

        /** Fills each target with the bytes from its place on: by one call, where the store has one. */
        default void readRanges(long[] places, byte[][] targets) throws IOException {
            for (int i = 0; i < places.length; i++) {
                readAt(places[i], targets[i]);
            }
        }
    }

    /** Writes a large file in the place of an older one; when this returns all of it is on the devices of all its copies. */
    void writeDurably(String path, int replicas, Content content) throws IOException;

    /** Writes a small file, as durable and in as many copies as files are by default. */
    void writeSmall(String path, byte[] content) throws IOException;

    Reader open(String path) throws IOException;

    /**
     * Reads all values of some columns of a Parquet file.
     *
     * @return how many rows it has
     */
    default long scan(String path, List<String> columns) throws IOException {
        throw new UnsupportedOperationException("reads no columns: " + path);
    }

    /** The length that a status shows. */
    long sizeBytes(String path) throws IOException;

    /** Lists a directory, to its end; how many entries it has. */
    long list(String directory) throws IOException;

    /** With what is missing of the directories above it. */
    void makeDirectories(String directory) throws IOException;

    void rename(String from, String to) throws IOException;

    void remove(String file) throws IOException;

    /** Also where nothing is there. */
    void removeTree(String directory) throws IOException;
}
