package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private final WrittenFile file;
    private final WriterParts.Ending ending;

    private final ReentrantLock lock = new ReentrantLock();
    private SpanChecksums checksums = new SpanChecksums();
    private State state = State.OPEN;
    /** Whether a sidecar tells of what was flushed: that much stays whatever becomes of the writer. */
    private boolean flushed;

    /** Whether somebody may write into the file: asked for room, then told where it is. */
    private boolean toldWhere;

    /** What was forced once must also survive what comes later: its sidecar is replaced, its last span grows. */
    private boolean forced;

    private volatile Durability durability;

    private volatile long epoch;
    private volatile long position;
    private volatile @Nullable IOException failure;

    private final WriterParts.@Nullable Older older;

    private LocalBlockWriter(WriteOrder order, Tier tier, long promisedBytes, WriterParts parts, WrittenFile file) {
        this.id = order.id();
        this.epoch = order.epoch();
        this.home = order.home();
        this.durability = order.durability();
        this.tier = tier;
        this.room = new Room(tier, promisedBytes);
        this.older = parts.older();
        this.buffers = parts.buffers();
        this.file = file;
        this.ending = parts.ending();
    }

    /** Makes the file; what was promised passes to the writer, which gives the rest of it back. */
    static LocalBlockWriter begin(WriteOrder order, Tier tier, long promisedBytes, WriterParts parts)
            throws IOException {
        WrittenFile file = WrittenFile.make(tier.vacant(order.id(), order.epoch()), parts.writeBack());
        return new LocalBlockWriter(order, tier, promisedBytes, parts, file);
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
        return older == null ? null : older.copy();
    }

    /** Gives way to the older copy for a later epoch, where it has not come as far as it must; false where it has. */
    boolean yields(long next) {
        lock.lock();
        try {
            return older != null && position < older.leastBytes() && next > epoch && drop();
        } finally {
            lock.unlock();
        }
    }

    StoredBlock stored() {
        return new StoredBlock(id, epoch, position, 0, false, home, durability, file.path());
    }

    Tier tier() {
        return tier;
    }

    @Override
    public Path file() {
        return file.path();
    }

    @Override
    public boolean reserve(long bytes) {
        lock.lock();
        try {
            requireOpen();
            boolean reserved = room.reserve(bytes);
            toldWhere |= reserved;
            return reserved;
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
                file.write(bytes, position);
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
            file.headStart(position);
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
            Path before = file.path();
            Path renamed = tier.block(id, next);
            if (forced) {
                file.force();
            }
            if (flushed) {
                // Before the block, so that there is never one without a sidecar.
                Sidecar.write(sidecar(next, true).encode(checksums.spans()), renamed, forced);
            }
            file.move(renamed);
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
                durability = Forcing.raised(durability, name());
                forced = true;
            }
            if (forced) {
                file.force();
            }
            Sidecar.write(sidecar(epoch, true).encode(checksums.spans()), file.path(), forced);
            flushed = true;
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
            if (earlier() != null) {
                keepFlushed();
            }
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
            boolean onDevice = forced || durability == Durability.POWER;
            if (file.sizeBytes() > position) {
                file.separate(position, onDevice);
            }
            if (onDevice) {
                file.force();
            }
            Sidecar.write(meta, file.path(), onDevice);
            file.close();
            room.used(metaBytes);
            state = State.SEALED;
            room.release();
            ending.sealed(this, new Sealed(sidecar.stored(file.path()), tier, position + metaBytes));
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
        } catch (GridException e) {
            LOG.warn("block ends where it was flushed last: file={} error={}", file.path(), e.getMessage());
            state = State.CLOSED;
            room.release();
            endAsRecorded();
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** After an error: what the sidecar of the last flush tells of is there, whatever lies behind it. */
    private void endAsRecorded() {
        try {
            Slot.Sealed left = file.recorded(tier, toldWhere);
            tier.space().gone(position);
            tier.space().found(left.diskBytes());
            ending.sealed(this, left);
        } catch (IOException e) {
            LOG.warn("what was flushed of a block cannot be read: file={} error={}", file.path(), e.toString());
            ending.dropped(this);
        }
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
            file.delete();
            tier.space().gone(position);
        } catch (IOException e) {
            LOG.warn(
                    "cannot delete an unfinished block, the next start will: file={} error={}",
                    file.path(),
                    e.toString());
        } finally {
            lock.unlock();
        }
        ending.dropped(this);
        return true;
    }

    private void cut(long lengthBytes) throws IOException {
        SpanChecksums shorter = file.cut(checksums, lengthBytes, buffers);
        if (shorter == null) {
            throw new GridException(ErrorCode.CORRUPT_DATA, "block is damaged: " + name() + ", position=" + position);
        }
        room.unused(position - lengthBytes);
        checksums = shorter;
        position = lengthBytes;
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "writer of block is " + (state == State.SEALED ? "sealed" : "closed") + ": " + name());
        }
        IOException earlier = earlier();
        if (earlier != null) {
            throw Disk.failed("cannot go on after an error: " + name(), earlier);
        }
    }

    private @Nullable IOException earlier() {
        return failure == null ? file.failure() : failure;
    }

    private GridException fail(String action, IOException cause) {
        failure = cause;
        return Disk.failed(action + ": " + name() + ", position=" + position + ", tier=" + tier.directory(), cause);
    }

    private Path directory() {
        return tier.block(id, epoch).resolveSibling("");
    }

    private String name() {
        return "block=" + id + ", epoch=" + epoch;
    }
}
