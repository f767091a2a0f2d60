package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one block's file.
 *
 * <p>Its lock is its own: it is held during I/O on this block, so that a close from elsewhere comes before or after a
 * write, a change of epoch or a seal, never in between. What goes wrong once stays wrong: after a failed write the file's
 * content is not known, and after a failed force a later one would report success without having written anything.
 */
final class LocalBlockWriter implements BlockWriter, Slot {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBlockWriter.class);
    static final String TEMPORARY = Sidecar.SUFFIX + ".new";

    private enum State {
        OPEN,
        SEALED,
        CLOSED
    }

    private final BlockId id;
    private final Tier tier;
    private final Room room;
    private final WayHome home;
    private final ChunkBuffers buffers;
    private final Forcing forcing;
    private final WriterParts.Ending ending;
    private FileChannel channel;

    private final ReentrantLock lock = new ReentrantLock();
    private SpanChecksums checksums = new SpanChecksums();
    private State state = State.OPEN;
    /** Whether a sidecar tells of what was flushed: that much stays whatever becomes of the writer. */
    private boolean flushed;

    private boolean forced;
    /** What was forced once must also survive what comes later: its sidecar is replaced, its last span grows. */
    private volatile Durability durability;

    private volatile long epoch;
    private volatile long position;
    private volatile Path path;
    private volatile @Nullable IOException failure;

    private final @Nullable Sealed older;

    private LocalBlockWriter(
            Order order, Tier tier, long promisedBytes, WriterParts parts, Path path, FileChannel channel) {
        this.id = order.id;
        this.epoch = order.epoch;
        this.home = order.home;
        this.durability = order.durability;
        this.tier = tier;
        this.room = new Room(tier, promisedBytes);
        this.older = parts.older();
        this.buffers = parts.buffers();
        this.forcing = new Forcing(parts.writeBack());
        this.ending = parts.ending();
        this.path = path;
        this.channel = channel;
    }

    /** What is to be written. */
    record Order(BlockId id, long epoch, WayHome home, Durability durability, long reserveBytes) {}

    /** Makes the file; what was promised passes to the writer, which gives the rest of it back. */
    static LocalBlockWriter begin(Order order, Tier tier, long promisedBytes, WriterParts parts) throws IOException {
        Path path = tier.vacant(order.id, order.epoch);
        FileChannel channel = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        return new LocalBlockWriter(order, tier, promisedBytes, parts, path, channel);
    }

    @Override
    public BlockId id() {
        return id;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long position() {
        return position;
    }

    /** What comes back where this is not sealed. */
    @Nullable
    Sealed older() {
        return older;
    }

    StoredBlock stored() {
        return new StoredBlock(id, epoch, position, 0, false, home, durability, path);
    }

    Tier tier() {
        return tier;
    }

    @Override
    public Path file() {
        return path;
    }

    @Override
    public boolean reserve(long bytes) {
        lock.lock();
        try {
            requireOpen();
            return room.reserve(bytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(ByteBuffer bytes) {
        take(bytes, true);
    }

    @Override
    public void adopt(ByteBuffer bytes) {
        take(bytes, false);
    }

    private void take(ByteBuffer bytes, boolean toDisk) {
        lock.lock();
        try {
            requireOpen();
            int length = bytes.remaining();
            room.require(length, name(), position);
            ByteBuffer written = bytes.duplicate();
            if (toDisk) {
                Disk.writeFully(channel, bytes, position);
            }
            checksums.add(written);
            room.used(length);
            position = checksums.lengthBytes();
        } catch (IOException e) {
            throw fail("cannot write", e);
        } finally {
            lock.unlock();
        }
        if (durability == Durability.POWER) {
            forcing.headStart(channel, position);
        }
    }

    @Override
    public void epoch(long next, long lengthBytes) {
        lock.lock();
        try {
            requireOpen();
            if (next <= epoch) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED, "epoch does not rise: " + name() + ", next=" + next);
            }
            if (lengthBytes < 0 || lengthBytes > position) {
                throw GridException.invalid(
                        "cannot cut a block: " + name() + ", position=" + position + ", to=" + lengthBytes);
            }
            if (lengthBytes < position) {
                cut(lengthBytes);
            }
            Path before = path;
            Path renamed = tier.block(id, next);
            if (flushed) {
                // Before the block, so that there is never one without a sidecar.
                Sidecar.write(sidecar(next, true).encode(checksums.spans()), renamed, forced);
            }
            Files.move(before, renamed, StandardCopyOption.ATOMIC_MOVE);
            path = renamed;
            epoch = next;
            Files.deleteIfExists(Tier.sidecar(before));
            Disk.forceDirectory(directory());
        } catch (IOException e) {
            throw fail("cannot raise the epoch", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() {
        keep(false);
    }

    @Override
    public void force() {
        keep(true);
    }

    private void keep(boolean onDevice) {
        lock.lock();
        try {
            requireOpen();
            if (onDevice) {
                durability = durability == Durability.PROCESS ? Durability.POWER : durability;
                forcing.force(channel);
            }
            Sidecar.write(sidecar(epoch, true).encode(checksums.spans()), path, onDevice);
            flushed = true;
            forced |= onDevice;
        } catch (IOException e) {
            throw fail("cannot flush", e);
        } finally {
            lock.unlock();
        }
    }

    private Sidecar sidecar(long ofEpoch, boolean open) {
        return new Sidecar(id, ofEpoch, position, checksums.whole(), durability, home, open);
    }

    /** What can be read of the block now; it stays so while the block grows. Null once it was sealed or dropped. */
    @Nullable
    BlockReader open() throws IOException {
        lock.lock();
        try {
            // The file of that name may be another's by now.
            return state == State.OPEN ? LocalBlockReader.open(stored(), checksums.spans(), buffers) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the block from whoever writes it: goes on under a later epoch, and seals it there. */
    SealedBlock settle(long next, long lengthBytes) {
        lock.lock();
        try {
            epoch(next, lengthBytes == BlockStore.ALL ? position : lengthBytes);
            return seal();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SealedBlock seal() {
        lock.lock();
        try {
            requireOpen();
            Sidecar sidecar = sidecar(epoch, false);
            ByteBuffer meta = sidecar.encode(checksums.spans());
            int metaBytes = meta.remaining();
            if (!flushed) { // else there is one already, and what was flushed must not be lost for lack of room
                room.require(metaBytes, name(), position);
            }
            if (channel.size() > position) {
                separate();
            }
            if (durability == Durability.POWER) {
                forcing.force(channel);
            }
            Sidecar.write(meta, path, durability == Durability.POWER);
            room.used(metaBytes);
            channel.close();
            state = State.SEALED;
            room.release();
            StoredBlock block = new StoredBlock(id, epoch, position, sidecar.crc32c(), true, home, durability, path);
            ending.sealed(this, new Sealed(block, tier, position + metaBytes));
            return new SealedBlock(id, epoch, position, sidecar.crc32c());
        } catch (IOException e) {
            throw fail("cannot seal", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        if (!keepFlushed()) {
            drop();
        }
    }

    /** What was flushed is not the writer's to take back: the block ends where it is. False where nothing was. */
    private boolean keepFlushed() {
        lock.lock();
        try {
            if (state != State.OPEN || !flushed) {
                return false;
            }
            seal();
            return true;
        } catch (GridException e) {
            LOG.warn(
                    "cannot end a block, the next start finds what was flushed: file={} error={}",
                    path,
                    e.getMessage());
            state = State.CLOSED;
            room.release();
            closeChannel();
        } finally {
            lock.unlock();
        }
        ending.dropped(this);
        return true;
    }

    /** Deletes an unfinished block, flushed or not; false where it was sealed or dropped before. */
    boolean drop() {
        lock.lock();
        try {
            if (state != State.OPEN) {
                return false;
            }
            state = State.CLOSED;
            room.release();
            closeChannel();
            BlockFiles.delete(path);
            tier.space().gone(position);
        } catch (IOException e) {
            LOG.warn("cannot delete an unfinished block, the next start will: file={} error={}", path, e.toString());
        } finally {
            lock.unlock();
        }
        ending.dropped(this);
        return true;
    }

    /**
     * Leaves the file, which somebody has written further into place, to them and goes on with a copy of what the block
     * took. After a node was lost, or where bytes were never announced: rare, and at most a block.
     */
    private void separate() throws IOException {
        FileChannel own = Disk.replacedByCopy(path, channel, position);
        channel.close();
        channel = own;
    }

    private void cut(long lengthBytes) throws IOException {
        SpanChecksums shorter = checksums
                .cutTo(lengthBytes, channel, buffers)
                .orElseThrow(() -> new GridException(
                        ErrorCode.CORRUPT_DATA, "block is damaged: " + name() + ", position=" + position));
        // What lies beyond stays in the file, where a writer in place may be ahead; the seal cuts it off.
        room.unused(position - lengthBytes);
        checksums = shorter;
        position = lengthBytes;
        forcing.cutTo(lengthBytes);
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "writer of block is " + (state == State.SEALED ? "sealed" : "closed") + ": " + name());
        }
        IOException earlier = failure == null ? forcing.failure() : failure;
        if (earlier != null) {
            throw Disk.failed("cannot go on after an error: " + name(), earlier);
        }
    }

    private GridException fail(String action, IOException cause) {
        failure = cause;
        return Disk.failed(action + ": " + name() + ", position=" + position + ", tier=" + tier.directory(), cause);
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            // What it was to hold is being deleted.
        }
    }

    private Path directory() {
        return tier.block(id, epoch).resolveSibling("");
    }

    private String name() {
        return "block=" + id + ", epoch=" + epoch;
    }
}
