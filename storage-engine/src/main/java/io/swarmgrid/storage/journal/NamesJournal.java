package io.swarmgrid.storage.journal;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.NewDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Files of generations. A log takes what changes; a base is all that was known when it was begun. A compaction begins the
 * log of the next generation first and then writes the next base beside it, so that what changes meanwhile is in the new log;
 * when the base has its name, everything older is superfluous. A run of a node begins a generation, too: nothing is ever
 * appended behind a torn end. Which files there are and in which order they are read does not matter: stamps decide.
 */
/** The journal of names of one node. Thread-safe; holds one open file. */
public final class NamesJournal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamesJournal.class);
    private static final Pattern NAME = Pattern.compile("names\\.(\\d{1,18})\\.(log|base)");
    private static final String UNFINISHED = ".new";

    private final Path directory;

    @GuardedBy("this")
    private long generation;

    @GuardedBy("this")
    private @Nullable FileChannel log;

    @GuardedBy("this")
    private long logBytes;

    @GuardedBy("this")
    private boolean dirty;

    private NamesJournal(Path directory, long generation) {
        this.directory = directory;
        this.generation = generation;
    }

    /**
     * Opens the journal in this directory, which is made where it is missing.
     *
     * @throws GridException INTERNAL, NO_SPACE where the directory cannot be used
     */
    public static NamesJournal open(Path directory) {
        try {
            NewDirectory.make(directory);
            try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "names.*" + UNFINISHED)) {
                for (Path file : left) {
                    Files.delete(file);
                }
            }
            long last = 0;
            for (Path file : files(directory)) {
                last = Math.max(last, generation(file));
            }
            return new NamesJournal(directory, last + 1);
        } catch (IOException e) {
            throw failed("cannot open the journal of names in " + directory, e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** Appends; on the device only after {@link #force}. What fails is not there, or there in part, and may be repeated. */
    public synchronized void append(List<NameRecord> records) {
        try {
            FileChannel to = log();
            for (NameRecord each : records) {
                ByteBuffer bytes = RecordFile.encode(each);
                logBytes += bytes.remaining();
                dirty = true;
                RecordFile.writeFully(to, bytes);
            }
        } catch (IOException e) {
            rotate(); // its end may be torn
            throw failed("cannot write the journal of names in " + directory, e);
        }
    }

    /** Puts what was appended on the device. */
    public synchronized void force() {
        FileChannel open = log;
        if (open == null || !dirty) {
            return;
        }
        try {
            open.force(false);
            dirty = false;
        } catch (IOException e) {
            throw failed("cannot write the journal of names in " + directory, e);
        }
    }

    /** What was appended since the last compaction or since the node started. */
    public synchronized long logBytes() {
        return logBytes;
    }

    /** Begins a compaction; the caller closes it. One at a time. */
    public Compaction compact() {
        long next;
        synchronized (this) {
            rotate();
            next = generation;
        }
        return new Compaction(next);
    }

    /** Where a reader of the whole journal goes on. */
    public record Place(int file, long offset) {
        public static final Place START = new Place(0, 0);
    }

    /**
     * Some records, and where the next ones begin.
     *
     * @param damaged stretches that could not be read and were passed over
     * @param next null at the end
     */
    public record Page(
            List<NameRecord> records, int damaged, @Nullable Place next) {}

    /**
     * Reads a part of the journal, of all files. Only while nothing compacts it.
     *
     * @param maxBytes about how many bytes of values; at least one record
     * @throws GridException CORRUPT_DATA where a newer version wrote a file
     */
    public Page read(Place from, int maxBytes) {
        List<NameRecord> records = new ArrayList<>();
        long bytes = 0;
        int damaged = 0;
        try {
            List<Path> files = files(directory);
            long offset = from.offset();
            for (int i = from.file(); i < files.size(); i++, offset = 0) {
                try (RecordFile.Reader reader = new RecordFile.Reader(files.get(i), offset)) {
                    for (NameRecord each = reader.next(); each != null; each = reader.next()) {
                        records.add(each);
                        byte[] value = each.value();
                        bytes += Long.BYTES + (value == null ? 0 : value.length);
                        if (bytes >= maxBytes) {
                            return new Page(records, damaged + reader.damaged(), new Place(i, reader.position()));
                        }
                    }
                    damaged += reader.damaged();
                }
            }
            return new Page(records, damaged, null);
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "cannot read the journal of names in " + directory + ": " + e.getMessage(),
                    null,
                    "start the version that wrote it, or move the file that is named aside",
                    e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            force();
        } catch (GridException e) {
            LOG.warn("the end of the journal of names may not be on the device: {}", e.getMessage());
        }
        closeQuietly(log);
        log = null;
    }

    private synchronized void rotate() {
        try {
            force();
        } catch (GridException e) {
            LOG.warn("a part of the journal of names may not be on the device: {}", e.getMessage());
        }
        closeQuietly(log);
        log = null;
        logBytes = 0;
        generation++;
    }

    @GuardedBy("this")
    private FileChannel log() throws IOException {
        FileChannel open = log;
        if (open == null) {
            open = FileChannel.open(file(generation, "log"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            log = open;
            RecordFile.writeFully(open, RecordFile.head());
            forceDirectory();
        }
        return open;
    }

    private Path file(long of, String kind) {
        return directory.resolve("names." + of + "." + kind);
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The finished files, the oldest generation first. */
    private static List<Path> files(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(directory, "names.*")) {
            for (Path file : listing) {
                if (NAME.matcher(file.getFileName().toString()).matches()) {
                    files.add(file);
                }
            }
        }
        files.sort((one, other) -> {
            int byGeneration = Long.compare(generation(one), generation(other));
            return byGeneration != 0 ? byGeneration : one.compareTo(other);
        });
        return files;
    }

    private static long generation(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }

    private static GridException failed(String action, IOException cause) {
        String message = action + ": " + cause.getMessage();
        return message.contains("No space left on device")
                ? new GridException(ErrorCode.NO_SPACE, message, null, "free space on the disk", cause)
                : new GridException(ErrorCode.INTERNAL, message, cause);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("cannot close a file of the journal of names: {}", e.getMessage());
        }
    }

    /** A new base in the making. Closed without {@link #commit}, it leaves the journal as it was. Confined to one thread. */
    public final class Compaction implements AutoCloseable {
        private static final int BUFFER_BYTES = 256 << 10;

        private final long of;
        private final Path unfinished;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private @Nullable FileChannel base;

        private Compaction(long of) {
            this.of = of;
            this.unfinished = directory.resolve("names." + of + ".base" + UNFINISHED);
            buffer.put(RecordFile.head());
        }

        /** What the new base is to make superfluous. */
        public void older(Consumer<NameRecord> each) {
            try {
                for (Path file : files(directory)) {
                    if (generation(file) < of) {
                        read(file, each);
                    }
                }
            } catch (IOException e) {
                throw failed("cannot read the journal of names in " + directory, e);
            }
        }

        private void read(Path file, Consumer<NameRecord> each) throws IOException {
            try (RecordFile.Reader reader = new RecordFile.Reader(file, 0)) {
                for (NameRecord found = reader.next(); found != null; found = reader.next()) {
                    each.accept(found);
                }
            }
        }

        public void add(NameRecord record) {
            ByteBuffer bytes = RecordFile.encode(record);
            try {
                if (bytes.remaining() > buffer.remaining()) {
                    flush();
                }
                if (bytes.remaining() > buffer.remaining()) {
                    RecordFile.writeFully(channel(), bytes);
                } else {
                    buffer.put(bytes);
                }
            } catch (IOException e) {
                throw failed("cannot write the journal of names in " + directory, e);
            }
        }

        /** Puts the new base in the place of all that is older, atomically and on the device. */
        public void commit() {
            try {
                flush();
                channel().force(true);
                channel().close();
                Files.move(unfinished, file(of, "base"), StandardCopyOption.ATOMIC_MOVE);
                forceDirectory();
                for (Path file : files(directory)) {
                    if (generation(file) < of) {
                        Files.delete(file);
                    }
                }
            } catch (IOException e) {
                throw failed("cannot compact the journal of names in " + directory, e);
            }
        }

        @Override
        public void close() {
            closeQuietly(base);
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException e) {
                LOG.warn("cannot delete {}: {}", unfinished, e.getMessage());
            }
        }

        private void flush() throws IOException {
            RecordFile.writeFully(channel(), buffer.flip());
            buffer.clear();
        }

        private FileChannel channel() throws IOException {
            FileChannel open = base;
            if (open == null) {
                open = FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                base = open;
            }
            return open;
        }
    }
}
