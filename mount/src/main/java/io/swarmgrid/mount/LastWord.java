package io.swarmgrid.mount;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * What the process of a mount says at its end to whoever unmounts it, who is no parent of it: which files are not wholly in the grid. It
 * stands in a file without a name, which {@code /proc} shows to the process's own user and to root alone. Who has opened it before
 * the process ended can read it then.
 */
public final class LastWord implements AutoCloseable {
    private static final String PREFIX = "swarm-mount-end-";
    /** More than the paths that a mount remembers can take. */
    private static final long MOST_BYTES = 64L << 20;

    private final FileChannel file;

    private LastWord(FileChannel file) {
        this.file = file;
    }

    record Said(List<String> left) {}

    /** For the process of the mount, which has it open until its end. */
    static LastWord prepare(Path directory) throws IOException {
        Path path = Files.createTempFile(directory, PREFIX, "");
        try {
            return new LastWord(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
        } finally {
            Files.delete(path);
        }
    }

    /** Says which files are left; what is said later counts. */
    void say(List<String> left) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Json.write(new Said(left)));
        file.truncate(0);
        for (int at = 0; bytes.hasRemaining(); ) {
            at += file.write(bytes, at);
        }
    }

    /** Of a process that serves a mount; empty where it is no such process any more, or somebody else's. */
    public static Optional<LastWord> of(long pid) throws IOException {
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        if (!Files.isReadable(descriptors)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path each : open) {
                if (isOne(each)) {
                    return Optional.of(new LastWord(FileChannel.open(each, StandardOpenOption.READ)));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isOne(Path descriptor) {
        try {
            Path name = Files.readSymbolicLink(descriptor).getFileName();
            return name != null && name.toString().startsWith(PREFIX);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    /** Which files are left; empty where nothing was said. */
    public Optional<List<String>> left() throws IOException {
        long size = file.size();
        if (size == 0 || size > MOST_BYTES) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        while (bytes.hasRemaining() && file.read(bytes, bytes.position()) >= 0) {}
        try {
            return Optional.of(Json.read(bytes.array(), Said.class).left());
        } catch (GridException e) {
            return Optional.empty(); // it ended in the middle of it
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
