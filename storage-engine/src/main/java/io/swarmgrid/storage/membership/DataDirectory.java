package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.NewDirectory;
import io.swarmgrid.storage.block.TierOwner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The directory of one node's metadata, blocks and identity, locked while it is open. Thread-safe. */
public final class DataDirectory implements AutoCloseable {
    static final int FORMAT_VERSION = 1;

    private static final String IDENTITY_FILE = "node.json";
    /** Where the metadata engine keeps its store, in {@link #metadata()}. */
    static final String STORE = "storage";

    private static final String METADATA = "metadata";
    private static final String LOCK_FILE = "node.lock";
    /**
     * Is there, beside the store, from the first start without one until the node was given all of its share; where the metadata is put
     * back as it was, this goes with what it replaces.
     */
    private static final String LACKING = "lacking";

    private static final int MAX_PID_BYTES = 32;

    private final Path root;
    private final FileChannel lockFile;
    private Identity identity;
    private volatile boolean lacking;

    /**
     * What {@code node.json} says.
     *
     * @param formatVersion how the directory is laid out; a node reads its own and older ones
     * @param gridId null until the node was in a grid
     */
    record Identity(
            int formatVersion, String gridName, @Nullable String gridId, String nodeName) {}

    private DataDirectory(Path root, FileChannel lockFile, Identity identity) {
        this.root = root;
        this.lockFile = lockFile;
        this.identity = identity;
        this.lacking = Files.exists(metadata().resolve(LACKING));
    }

    /**
     * Makes the directory where it is missing, locks it, and checks that it is this node's.
     *
     * @throws GridException PRECONDITION_FAILED where it is in use, of another grid or node, of a newer version, cannot be
     *     written, or has lost its metadata and nobody said that this is known
     */
    public static DataDirectory open(SwarmConfig config) {
        Path root = config.node().data().toAbsolutePath().normalize();
        FileChannel lock = null;
        try {
            NewDirectory.make(root);
            lock = lock(root);
            Identity wanted = new Identity(FORMAT_VERSION, config.grid().name(), null, config.nodeName());
            Identity found = check(root, wanted);
            if (config.node().recover() && found.gridId() == null) {
                found = named(found, TierOwner.gridOf(config.blockTiers(), config.nodeName()));
            }
            requireMetadata(root, found, config.node().recover());
            NewDirectory.make(root.resolve(METADATA));
            markLacking(root);
            DataDirectory directory = new DataDirectory(root, lock, found);
            lock = null;
            return directory;
        } catch (IOException e) {
            throw refused(
                    root,
                    "cannot be written: " + e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "give this user the right to write there, or set node.data to another directory",
                    e);
        } finally {
            closeQuietly(lock);
        }
    }

    public Path root() {
        return root;
    }

    /** Where the metadata engine keeps its files. */
    Path metadata() {
        return root.resolve(METADATA);
    }

    /**
     * Whether the node began without a store of metadata and may still lack some of its share: what it has none of, the grid must not
     * take for empty. Outlives restarts, for from the first one on there is a store.
     */
    boolean lacksMetadata() {
        return lacking;
    }

    /** Takes note, durably, that the node has all of its share. */
    void hasItsMetadata() {
        try {
            Files.deleteIfExists(metadata().resolve(LACKING));
            force(metadata());
            lacking = false;
        } catch (IOException e) {
            throw refused(root, "cannot be written: " + e.getMessage(), "free space or repair the disk", e);
        }
    }

    /** The grid that this directory belongs to, once it is known. */
    public synchronized Optional<UUID> gridId() {
        return Optional.ofNullable(identity.gridId()).map(UUID::fromString);
    }

    /**
     * Makes the directory belong to a grid for good, durably.
     *
     * @throws GridException PRECONDITION_FAILED where it belongs to another one
     */
    synchronized void belongTo(UUID gridId) {
        String present = identity.gridId();
        if (gridId.toString().equals(present)) {
            return;
        }
        if (present != null) {
            throw refused(
                    root,
                    "belongs to grid id " + present + ", but the grid reached has id " + gridId,
                    "check grid.seeds, or give this node another node.data",
                    null);
        }
        Identity joined =
                new Identity(identity.formatVersion(), identity.gridName(), gridId.toString(), identity.nodeName());
        try {
            write(root, joined);
        } catch (IOException e) {
            throw refused(root, "cannot be written: " + e.getMessage(), "free space or repair the disk", e);
        }
        identity = joined;
    }

    /**
     * Blocks of a grid whose metadata is gone would be taken for orphans by a grid that begins anew, and be deleted after a
     * while.
     */
    private static void requireMetadata(Path root, Identity found, boolean recover) throws IOException {
        if (found.gridId() == null || recover || hasMetadata(root)) {
            return;
        }
        throw refused(
                root,
                "has lost its metadata: it belongs to grid id " + found.gridId() + ", and " + root.resolve(METADATA)
                        + " has none",
                "put the metadata back; or start the node with --recover: it keeps its blocks and joins the grid, and"
                        + " where every node has lost its metadata, swarm recover makes it anew",
                null);
    }

    /** Before there is a store: of a start that was broken off nobody could tell afterwards what it had. */
    private static void markLacking(Path root) throws IOException {
        Path metadata = root.resolve(METADATA);
        Path mark = metadata.resolve(LACKING);
        if (!hasMetadata(root) && !Files.exists(mark)) {
            Files.createFile(mark);
            force(metadata);
        }
    }

    private static boolean hasMetadata(Path root) throws IOException {
        Path store = root.resolve(METADATA).resolve(STORE);
        if (!Files.isDirectory(store)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(store)) {
            return files.iterator().hasNext();
        }
    }

    /** Where {@code node.json} was lost as well, the tiers say which grid it was. */
    private static Identity named(Identity found, Optional<String> gridId) {
        return new Identity(found.formatVersion(), found.gridName(), gridId.orElse(null), found.nodeName());
    }

    /** Gives the lock back. The files stay. */
    @Override
    public void close() {
        closeQuietly(lockFile);
    }

    private static FileChannel lock(Path root) throws IOException {
        Path file = root.resolve(LOCK_FILE);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                throw refused(
                        root,
                        "is in use by another node" + owner(channel),
                        "stop that node, or set node.data to another directory",
                        null);
            }
            locked = true;
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held by this very process.
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_PID_BYTES);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
        return pid.isEmpty() ? "" : " (pid " + pid + ")";
    }

    private static Identity check(Path root, Identity wanted) throws IOException {
        Path file = root.resolve(IDENTITY_FILE);
        if (!Files.exists(file)) {
            write(root, wanted);
            return wanted;
        }
        Identity found = read(root, file);
        if (!found.gridName().equals(wanted.gridName())) {
            throw refused(
                    root,
                    "belongs to grid '" + found.gridName() + "', not '" + wanted.gridName() + "'",
                    "set grid.name=" + found.gridName() + ", or node.data to another directory",
                    null);
        }
        if (!found.nodeName().equals(wanted.nodeName())) {
            throw refused(
                    root,
                    "belongs to node '" + found.nodeName() + "', not '" + wanted.nodeName() + "'",
                    "set node.name=" + found.nodeName() + ", or node.data to another directory",
                    null);
        }
        return found;
    }

    private static Identity read(Path root, Path file) throws IOException {
        byte[] json = Files.readAllBytes(file);
        try {
            int version = Json.tree(json).path("format_version").asInt();
            if (version > FORMAT_VERSION) {
                throw refused(
                        root,
                        "was written by a newer version: format " + version + ", this one knows " + FORMAT_VERSION,
                        "start the version that wrote it, or a later one",
                        null);
            }
            return Json.read(json, Identity.class);
        } catch (GridException e) {
            if (e.code() == ErrorCode.PRECONDITION_FAILED) {
                throw e;
            }
            throw refused(
                    root, "has a damaged " + IDENTITY_FILE + ": " + e.getMessage(), "put it back from a backup", e);
        }
    }

    /** Replaces the file as a whole, durably: the old one or the new one is there after a power loss. */
    private static void write(Path root, Identity identity) throws IOException {
        Path next = root.resolve(IDENTITY_FILE + ".next");
        try (FileChannel channel = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer json = ByteBuffer.wrap(Json.write(identity));
            while (json.hasRemaining()) {
                channel.write(json);
            }
            channel.force(true);
        }
        Files.move(next, root.resolve(IDENTITY_FILE), StandardCopyOption.ATOMIC_MOVE);
        force(root);
    }

    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static GridException refused(Path root, String what, String hint, @Nullable Throwable cause) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED, "data directory " + root + " " + what, root.toString(), hint, cause);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
