package io.swarmgrid.client.bytes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells whether two processes see the same file of the same machine, whatever they call it. */
public final class MachineId {
    /** Made anew at each boot; the same in all containers of one kernel. */
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private static final Optional<String> OWN = read();

    private MachineId() {}

    /** The running system; empty where it has no name that can be compared. */
    public static Optional<String> own() {
        return OWN;
    }

    /** Device and inode; null where the file system has no such key. */
    public static @Nullable String fileKey(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return key == null ? null : key.toString();
    }

    /**
     * Opens a file if it is the one that was meant.
     *
     * @param key what {@link #fileKey} says of it where its name comes from
     * @return empty where it is another file of that name; the caller closes it
     */
    public static Optional<FileChannel> open(Path file, String key, OpenOption how) throws IOException {
        FileChannel channel = FileChannel.open(file, how);
        boolean meant = false;
        try {
            meant = key.equals(fileKey(file));
            return meant ? Optional.of(channel) : Optional.empty();
        } finally {
            if (!meant) {
                channel.close();
            }
        }
    }

    private static Optional<String> read() {
        try {
            return Optional.of(Files.readString(BOOT_ID).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
