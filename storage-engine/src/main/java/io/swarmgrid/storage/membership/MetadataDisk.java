package io.swarmgrid.storage.membership;

import io.swarmgrid.config.MetadataConfig;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.storage.membership.NodeLoad.Lack;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * What is free of a disk is not what the metadata may still take. The log grows up to its bound by itself, and new pages lie in
 * memory until the next checkpoint: where one of these finds no room the engine fails, and fails again with each start. So both are
 * taken off first. To know how many pages have no place on the disk yet, all files of the store are looked at; that is done only
 * where not even the whole memory of the engine would fit.
 *
 * Half of storage.reserve-free is kept: blocks, which may lie on the same disk, leave all of it, so that one that is full of blocks
 * takes changes of names still.
 */
/** Looks at the disk of this node's metadata, now and then. For one thread, but for {@link #lack}. */
final class MetadataDisk {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataDisk.class);
    private static final long LOOK_NANOS = 500_000_000L;
    private static final int RESERVE_SHARE = 2;
    /** So much more must be free before it grows again. */
    private static final int MARGIN_SHARE = 8;

    private static final long MARGIN_BYTES = 4L << 20;

    private final Place place;
    private final LongSupplier allocatedBytes;
    private final Disks disks;
    private final LongSupplier nanoTime;
    private boolean looked;
    private long lookedNanos;
    private boolean failed;
    private volatile @Nullable Lack lack;

    /**
     * Where the metadata lies.
     *
     * @param store the engine's pages
     * @param log its write-ahead log
     * @param logBytes what that may take
     * @param memoryBytes how many of the pages may be in memory alone
     */
    record Place(Path store, Path log, long logBytes, long memoryBytes, Reserve reserve) {
        static Place of(DataDirectory directory, MetadataConfig metadata, Reserve reserve) {
            return new Place(
                    directory.metadata().resolve(DataDirectory.STORE),
                    directory.metadata().resolve(EngineConfiguration.LOG),
                    EngineConfiguration.logBytes(metadata),
                    metadata.regionSize().bytes(),
                    reserve);
        }
    }

    /** What there is of disks. */
    interface Disks {
        Disks REAL = directory -> {
            FileStore disk = Files.getFileStore(directory);
            return new Seen(disk, disk.getUsableSpace(), disk.getTotalSpace());
        };

        /** The one that has this directory. */
        Seen of(Path directory) throws IOException;
    }

    /** @param disk equal where it is the same one */
    record Seen(Object disk, long freeBytes, long totalBytes) {}

    /** @param allocatedBytes of all pages of the store, wherever they are now */
    MetadataDisk(Place place, LongSupplier allocatedBytes, Disks disks, LongSupplier nanoTime) {
        this.place = place;
        this.allocatedBytes = allocatedBytes;
        this.disks = disks;
        this.nanoTime = nanoTime;
    }

    /** What was found last; null where there is room. */
    @Nullable
    Lack lack() {
        return lack;
    }

    /** Looks again where it is time. What cannot be looked at stays as it was. */
    void look() {
        long now = nanoTime.getAsLong();
        if (looked && now - lookedNanos < LOOK_NANOS) {
            return;
        }
        looked = true;
        lookedNanos = now;
        try {
            Lack before = lack;
            Lack found = measure(before != null);
            // As it was first, while it lasts: it is told to all nodes whenever it changes.
            boolean same = found != null && before != null && found.directory().equals(before.directory());
            lack = same ? before : found;
            if (found != null && before == null) {
                LOG.warn("no room for more metadata, what makes it grow is refused: {}", found);
            } else if (found == null && before != null) {
                LOG.info("there is room for more metadata again: directory={}", before.directory());
            }
            failed = false;
        } catch (IOException | RuntimeException e) {
            if (!failed) {
                LOG.warn("cannot look how full the disk of the metadata is", e);
            }
            failed = true;
        }
    }

    private @Nullable Lack measure(boolean lacking) throws IOException {
        Path store = present(place.store);
        Path log = present(place.log);
        Seen ofStore = disks.of(store);
        Seen ofLog = disks.of(log);
        long logOwed = Math.max(0, place.logBytes - bytesBelow(log));
        if (ofStore.disk().equals(ofLog.disk())) {
            Path both = Objects.requireNonNull(place.store.getParent(), "a store at the root");
            return lack(both, ofStore, logOwed + storeOwed(store, ofStore, logOwed), lacking);
        }
        Lack ofPages = lack(store, ofStore, storeOwed(store, ofStore, 0), lacking);
        return ofPages != null ? ofPages : lack(log, ofLog, logOwed, lacking);
    }

    /** What new pages will take. */
    private long storeOwed(Path store, Seen disk, long alsoOwed) throws IOException {
        long most = place.memoryBytes;
        if (disk.freeBytes() - alsoOwed - most >= kept(disk) + margin(disk)) {
            return most;
        }
        return Math.min(most, Math.max(0, allocatedBytes.getAsLong() - bytesBelow(store)));
    }

    private @Nullable Lack lack(Path directory, Seen disk, long owedBytes, boolean lacking) {
        long neededBytes = kept(disk) + owedBytes;
        long more = lacking ? margin(disk) : 0;
        return disk.freeBytes() < neededBytes + more
                ? new Lack(directory.toString(), disk.freeBytes(), neededBytes)
                : null;
    }

    private long kept(Seen disk) {
        return place.reserve.bytesOf(disk.totalBytes()) / RESERVE_SHARE;
    }

    private long margin(Seen disk) {
        return Math.max(kept(disk) / MARGIN_SHARE, MARGIN_BYTES);
    }

    /** The directory, or what is above it while the engine has not made it. */
    private static Path present(Path directory) {
        Path above = directory.getParent();
        return above == null || Files.isDirectory(directory) ? directory : above;
    }

    private static long bytesBelow(Path directory) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // removed meanwhile
            }
        });
        return bytes[0];
    }
}
