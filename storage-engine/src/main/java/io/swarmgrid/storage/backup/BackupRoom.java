package io.swarmgrid.storage.backup;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Reserve;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a backup fits where it is to lie. On the disk that has the node's metadata, a part of it stays free: a backup must
 * not take the room that the write-ahead log needs. Thread-safe.
 */
public final class BackupRoom {
    private static final long MEBIBYTE = 1 << 20;

    private final Volumes volumes;
    private final Reserve reserve;
    private final String node;

    /** What there is of the disks. */
    public interface Volumes {
        /** The disks of this machine. */
        Volumes REAL = directory -> {
            FileStore store = Files.getFileStore(directory);
            return new Volume(store.getUsableSpace(), store.getTotalSpace());
        };

        /** The disk that has this directory. */
        Volume of(Path directory) throws IOException;
    }

    /** A disk, or what a file system has of one. */
    public record Volume(long freeBytes, long totalBytes) {}

    /**
     * @param reserve what stays free of the disk of the metadata
     * @param node this one
     */
    public BackupRoom(Volumes volumes, Reserve reserve, String node) {
        this.volumes = volumes;
        this.reserve = reserve;
        this.node = node;
    }

    /**
     * Makes sure that something fits, before it is written.
     *
     * @param besideData whether the directory is on the disk of the metadata
     * @throws GridException NO_SPACE
     */
    public void require(Path directory, boolean besideData, long neededBytes) {
        Volume volume = volume(directory);
        long keptBytes = besideData ? reserve.bytesOf(volume.totalBytes) : 0;
        if (neededBytes > volume.freeBytes - keptBytes) {
            throw refused(
                    directory,
                    "a backup does not fit into " + directory + ": needed=about "
                            + mebibytes(neededBytes + MEBIBYTE - 1) + ", free=" + mebibytes(volume.freeBytes)
                            + kept(keptBytes));
        }
    }

    /**
     * Makes sure that what is being written has not taken what is to stay free.
     *
     * @throws GridException NO_SPACE
     */
    public void requireStill(Path directory, boolean besideData) {
        if (!besideData) {
            return; // nothing but the backup itself is in danger, and its writer is told by the disk
        }
        Volume volume = volume(directory);
        long keptBytes = reserve.bytesOf(volume.totalBytes);
        if (volume.freeBytes < keptBytes) {
            throw refused(
                    directory,
                    "the disk ran full while a backup was written into " + directory + ": free="
                            + mebibytes(volume.freeBytes) + kept(keptBytes));
        }
    }

    private static String kept(long keptBytes) {
        return keptBytes == 0
                ? ""
                : ", of which the metadata on that disk keeps " + mebibytes(keptBytes) + " (storage.reserve-free)";
    }

    private static DataSize mebibytes(long bytes) {
        return DataSize.ofMebibytes(bytes / MEBIBYTE);
    }

    private Volume volume(Path directory) {
        try {
            return volumes.of(directory);
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot ask for the free space of " + directory + ": " + e + ", node=" + node,
                    directory.toString(),
                    "see its rights, and the disk",
                    e);
        }
    }

    private GridException refused(Path directory, String why) {
        return new GridException(
                ErrorCode.NO_SPACE,
                why + ", node=" + node,
                directory.toString(),
                "free space there, keep fewer backups (--keep), or name a directory on another disk: swarm backup DIR",
                null);
    }
}
