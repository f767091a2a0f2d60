package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.FileWrites;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** What plain files lack: directories on the device, whole writes, and errors in the grid's own words. */
final class Disk {
    private Disk() {}

    /** Puts the entries of a directory on the device: what was made, renamed or removed in it. */
    static void forceDirectory(Path directory) throws IOException {
        force(directory);
    }

    /** Puts what a file has on the device. */
    static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Who may use a directory, as {@code rwx--x--x}; nothing happens where the file system knows no users. */
    static void permit(Path directory, String permissions) throws IOException {
        try {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
        } catch (UnsupportedOperationException e) {
            // Then whoever mounted it decides.
        }
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        FileWrites.fully(channel, bytes, position);
    }

    /** Fills the buffer; false where the file ends before. */
    static boolean readFully(FileChannel channel, ByteBuffer target, long position) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                return false;
            }
            at += count;
        }
        return true;
    }

    static GridException failed(String action, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new GridException(ErrorCode.CANCELLED, action + ": interrupted", cause);
        }
        String message = action + ": " + cause.getMessage();
        return isFull(cause)
                ? new GridException(ErrorCode.NO_SPACE, message, null, "free space on the disk or add a tier", cause)
                : new GridException(ErrorCode.INTERNAL, message, cause);
    }

    /** Whether what failed says nothing of the file: the next attempt, or another thread's, may do better. */
    static boolean isOfTheProcess(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        return cause instanceof ClosedByInterruptException
                || message.contains("Too many open files")
                || message.contains("Cannot allocate memory");
    }

    static boolean isFull(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        return message.contains("No space left on device") || message.contains("Disk quota exceeded");
    }

    /** Leaves only the first bytes of a file; needs no room. */
    static void cut(Path file, long lengthBytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(lengthBytes);
        }
    }

    /** After an error: what was not finished takes no room. */
    static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // The next start does it.
        }
    }

    /**
     * Puts a file of its own, with a copy of its first bytes, in the place of a file.
     *
     * @param onDevice whether the copy is on the device before that
     * @return open, and the caller closes it
     */
    static FileChannel replacedByCopy(Path file, FileChannel from, long lengthBytes, boolean onDevice)
            throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + LocalBlockWriter.TEMPORARY);
        FileChannel own = FileChannel.open(
                temporary,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            copyFully(from, own, lengthBytes);
            if (onDevice) {
                own.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            return own;
        } catch (IOException | RuntimeException e) {
            own.close();
            deleteQuietly(temporary);
            throw e;
        }
    }

    /** Copies the first bytes of one file into the other. */
    static void copyFully(FileChannel from, FileChannel to, long lengthBytes) throws IOException {
        for (long at = 0; at < lengthBytes; ) {
            at += from.transferTo(at, lengthBytes - at, to);
        }
    }
}
