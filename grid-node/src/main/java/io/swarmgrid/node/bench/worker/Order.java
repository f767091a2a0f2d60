package io.swarmgrid.node.bench.worker;

/**
 * What a worker is to do.
 *
 * @param path the file, or the directory that all of it happens in
 * @param bytes of the file, or of each
 * @param count files, or reads of each thread
 */
public record Order(Kind kind, String path, long bytes, int count, int threads, int replicas) {
    /** The kinds of work. All but {@code RANDOM} answer with a {@link Worker#RATE}. */
    public enum Kind {
        /** One large file, durably: bytes a second. */
        WRITE,
        /** One file from front to back: bytes a second. */
        READ,
        /** The same a second time by the same reader, the first time untold. */
        READ_AGAIN,
        /** So many large files below a directory, one of each thread, durably: bytes a second of all. */
        WRITE_FILES,
        /** Those files from front to back: bytes a second of all. */
        READ_FILES,
        /** Reads of a hundred ranges of 64 KiB each at random places of one file: bytes a second. */
        RANGES,
        /** The flights that lie beside the program, as the file; how fast says nothing. */
        TABLE,
        /** Every value of three columns of that: rows a second. */
        SCAN,
        /** Reads of 64 KiB at random places of one file: {@link Worker#MEDIAN} and {@link Worker#P99}, microseconds. */
        RANDOM,
        /** Small files, a directory for each thread: files a second. */
        CREATE,
        /** The same, all in one directory: that of the first thread. */
        CREATE_TOGETHER,
        OPEN_READ,
        STAT,
        /** The directories of those files, again and again: entries a second. */
        LIST,
        /** The files get other names in the same directory. */
        RENAME,
        /** Removes what was renamed. */
        REMOVE,
        /** Removes whatever is left in the directory; what it answers says nothing. */
        CLEAR
    }

    public Order {
        if (bytes < 0 || count < 0 || threads < 1 || replicas < 1) {
            throw new IllegalArgumentException("bad order: bytes=" + bytes + ", count=" + count + ", threads=" + threads
                    + ", replicas=" + replicas);
        }
    }

    public static Order write(String path, long bytes, int replicas) {
        return new Order(Kind.WRITE, path, bytes, 1, 1, replicas);
    }

    public static Order read(String path, long bytes) {
        return new Order(Kind.READ, path, bytes, 1, 1, 1);
    }

    /** Work on a file that needs no number. */
    public static Order of(Kind kind, String path) {
        return new Order(kind, path, 0, 0, 1, 1);
    }

    /** One large file for each thread. */
    public static Order each(Kind kind, String path, long bytes, int threads) {
        return new Order(kind, path, bytes, threads, threads, 1);
    }

    public static Order random(String path, long bytes, int count, int threads) {
        return new Order(Kind.RANDOM, path, bytes, count, threads, 1);
    }

    /** The same below a directory. */
    public Order below(String directory) {
        return new Order(kind, directory + path, bytes, count, threads, replicas);
    }

    public static Order clear(String path) {
        return of(Kind.CLEAR, path);
    }

    /** Work on small files. */
    public static Order files(Kind kind, String path, long bytes, int count, int threads) {
        return new Order(kind, path, bytes, count, threads, 1);
    }
}
