package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One directory of blocks: {@code <shard>/<block id>.<epoch>}, 256 shards so that no directory grows too long, near copies, a
 * quarantine, and a lock that keeps a second process out. Thread-safe.
 */
final class Tier implements AutoCloseable {
    private static final int SHARDS = 256;
    private static final long SHARD_MIX = 0x9e3779b97f4a7c15L;
    private static final String LOCK = "lock";

    private final TierConfig config;
    private final Reserve reserve;
    private final Path directory;
    private final FileStore fileSystem;
    private final FileChannel lock;
    private final TierSpace space;
    private final Quarantine quarantine;
    private final Lending lending;
    private final NearTier near;

    private Tier(TierConfig config, Reserve reserve, Path directory, FileChannel lock) throws IOException {
        this.config = config;
        this.reserve = reserve;
        this.directory = directory;
        this.fileSystem = Files.getFileStore(directory);
        this.lock = lock;
        this.space = new TierSpace(config.capacity().map(DataSize::bytes).orElse(Long.MAX_VALUE));
        this.quarantine = Quarantine.open(directory, space);
        this.lending = Lending.open(directory);
        this.near = NearTier.open(this);
    }

    /**
     * Makes what is missing and takes the lock.
     *
     * @param owner whose it must be; null for anybody's
     * @throws GridException PRECONDITION_FAILED where another process has it, or it is another's
     */
    static Tier open(TierConfig config, Reserve reserve, @Nullable TierOwner owner) {
        Path directory = config.path().toAbsolutePath().normalize();
        FileChannel lock = null;
        boolean opened = false;
        try {
            NewDirectory.make(directory);
            lock = lock(directory);
            if (owner != null) {
                owner.claim(directory);
            }
            for (int shard = 0; shard < SHARDS; shard++) {
                makeShard(directory.resolve(shardName(shard)));
            }
            Tier tier = new Tier(config, reserve, directory, lock);
            Disk.forceDirectory(directory);
            opened = true;
            return tier;
        } catch (IOException e) {
            throw Disk.failed("cannot open tier " + directory, e);
        } finally {
            if (!opened) {
                closeQuietly(lock);
            }
        }
    }

    Path directory() {
        return directory;
    }

    Medium medium() {
        return config.medium();
    }

    /** Its near copies. */
    NearTier near() {
        return near;
    }

    TierSpace space() {
        return space;
    }

    Quarantine quarantine() {
        return quarantine;
    }

    /** @param checksums of the block, not to be changed */
    Loan lend(StoredBlock block, int[] checksums) throws IOException {
        return lend(block.path(), block.lengthBytes(), checksums);
    }

    Loan lend(Path file, long lengthBytes, int[] checksums) throws IOException {
        return new Loan(lending.lend(file), lengthBytes, checksums, lending);
    }

    /** A memory file system keeps nothing, so it takes only what asks for nothing more. */
    boolean takes(Durability durability) {
        return config.medium() != Medium.MEM || durability == Durability.MEMORY;
    }

    /** Whether it is of a slower medium than another: of two disks of one kind neither is below the other. */
    boolean isBelow(Tier other) {
        return config.medium().compareTo(other.config.medium()) > 0;
    }

    Path block(BlockId id, long epoch) {
        return directory.resolve(shard(id)).resolve(id + "." + epoch);
    }

    /** The directory of a block's file, in the one of all. */
    static String shard(BlockId id) {
        return shardName((int) ((id.value() * SHARD_MIX) >>> 56));
    }

    /** The file of a block that is to be made; what is in its place and no file is put aside. */
    Path vacant(BlockId id, long epoch) throws IOException {
        Path file = block(id, epoch);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            quarantine.put(file);
        }
        return file;
    }

    static Path sidecar(Path block) {
        return block.resolveSibling(block.getFileName() + Sidecar.SUFFIX);
    }

    /** Whatever near copies have is had for it. */
    boolean promise(long bytes) {
        while (true) {
            long missing = space.promise(bytes, spareBytes());
            if (missing == 0) {
                return true;
            }
            if (missing == TierSpace.NEVER || !near.giveWay(missing)) {
                return false;
            }
        }
    }

    /** The same for a near copy, as {@link TierSpace#promiseNear}. */
    boolean promiseNear(long bytes, long shareBytes, long keepBytes) {
        return space.promiseNear(bytes, shareBytes, keepBytes, spareBytes());
    }

    long freeBytes() {
        return space.room(spareBytes());
    }

    /** What it may hold in all: its own bound, and what its file system has above the reserve. */
    long capacityBytes() {
        long totalBytes = totalBytes();
        long most = totalBytes - reserve.bytesOf(totalBytes);
        return config.capacity().map(size -> Math.min(size.bytes(), most)).orElse(most);
    }

    /** For an operator who has to find out why nothing fits. */
    String describe() {
        return directory + " (" + config.medium().name().toLowerCase(Locale.ROOT) + ", free_bytes=" + freeBytes()
                + ", capacity_bytes=" + capacityBytes() + ", file_system_free_bytes=" + usableBytes()
                + ", reserve_free=" + reserve + ")";
    }

    @Override
    public void close() {
        closeQuietly(lock);
    }

    private long spareBytes() {
        return Math.max(0, usableBytes() - reserve.bytesOf(totalBytes()));
    }

    private long usableBytes() {
        try {
            return fileSystem.getUsableSpace();
        } catch (IOException e) {
            throw Disk.failed("cannot ask for the free space of tier " + directory, e);
        }
    }

    private long totalBytes() {
        try {
            return fileSystem.getTotalSpace();
        } catch (IOException e) {
            throw Disk.failed("cannot ask for the size of tier " + directory, e);
        }
    }

    /** Other users of the machine come by blocks through {@link Lending} alone. */
    private static void makeShard(Path shard) throws IOException {
        if (!Files.isDirectory(shard)) {
            Files.createDirectory(shard);
            Disk.permit(shard, "rwx------");
        }
    }

    private static String shardName(int shard) {
        return String.format("%02x", shard);
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve(LOCK);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            FileLock held = channel.tryLock();
            locked = held != null;
        } catch (OverlappingFileLockException e) {
            locked = false;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "tier is in use by another node: " + directory,
                    null,
                    "give every node a tier directory of its own",
                    null);
        }
        return channel;
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The lock ends with the process at the latest.
        }
    }
}
