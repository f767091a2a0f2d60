package io.swarmgrid.mount.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Node;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file while it is open here, for all who have it open: what they write is what they read, before the grid has it.
 * Thread-safe.
 */
public final class Content {
    /*
     * The grid's files grow at their end and are replaced as a whole; programs write where they like. So whatever begins empty is
     * kept in a local copy as well, and what comes at its end is sent behind that, some megabytes later: a linker that goes back
     * to the header of what it has just written changes the copy alone. Beyond KEEP_BYTES, and of a file that is written on at its
     * end, there is no copy: what is written is sent, and that is all. A write anywhere else has the file read into a copy, which
     * replaces it in one step when it is closed. So this holds: without "replace" the grid has a beginning of the content, and the
     * copy, where there is one, has all of it.
     *
     * The file is in the grid from the first moment, and is the one that was made or opened here, by its id: whatever is at its path by
     * now, nothing else is written, cut or replaced. Where it was removed, here or elsewhere, what is written is kept for those who have
     * it open, and goes with them.
     */
    static final long SEND_AFTER_BYTES = 8 << 20;
    static final long KEEP_BYTES = 64 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Content.class);
    private static final int ZEROS = 1 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final SpoolSpace space;
    private final ReadAhead ahead;
    private final Node node;
    private final GridFile file;

    @GuardedBy("lock")
    private @Nullable AheadInput input;

    @GuardedBy("lock")
    private @Nullable Spool copy;

    /** What the grid has is no beginning of what is here. */
    @GuardedBy("lock")
    private boolean replace;

    /** Something was written since the last flush. */
    @GuardedBy("lock")
    private boolean unflushed;

    /** Was closed in the grid once and written again since: somebody has two descriptors of it. */
    @GuardedBy("lock")
    private boolean again;

    /** Changed under the lock. */
    private volatile boolean removed;

    /** What was acknowledged and is lost; the file can only be closed. */
    @GuardedBy("lock")
    private @Nullable RuntimeException failure;

    /** The time that the file shall have once the grid has it; null for the time at which it has. */
    @GuardedBy("lock")
    private @Nullable Long pinnedMs;

    /** What the grid was asked before this it does not know of the file any more. */
    @GuardedBy("lock")
    private long knownNanos;

    @GuardedBy("lock")
    private boolean closed;

    private volatile long lengthBytes;
    private volatile long modifiedMs;

    /** @param askedNanos when the grid was asked for the file's status */
    Content(GridFile file, SpoolSpace space, ReadAhead ahead, Node node, long askedNanos) {
        this.file = file;
        this.space = space;
        this.ahead = ahead;
        this.node = node;
        this.lengthBytes = file.lengthBytes();
        this.modifiedMs = file.status().modifiedMs();
        this.knownNanos = askedNanos;
    }

    /** Whether something of it is not in the grid yet, and should be. */
    boolean isOwed() {
        return node.isWritten() && !removed;
    }

    /** The file as it is here. */
    FileStatus shown() {
        FileStatus status = file.status();
        return GridFile.with(status, lengthBytes, status.version(), modifiedMs);
    }

    /**
     * The file as it is here where something of it is not in the grid yet, else null. The time that is told stays the file's:
     * programs remember it to see later whether it was changed.
     */
    @Nullable
    FileStatus shownIfWritten() {
        if (!node.isWritten()) {
            return null;
        }
        lock.lock();
        try {
            if (!written()) {
                return null;
            }
            pinnedMs = modifiedMs;
        } finally {
            lock.unlock();
        }
        return shown();
    }

    /**
     * Takes over how the grid shows the file, as far as nothing was written here, then or since.
     *
     * @param askedNanos when the grid was asked
     * @return how it is to be shown
     */
    FileStatus refreshed(FileStatus found, long askedNanos) {
        lock.lock();
        try {
            FileStatus known = file.status();
            if (closed) {
                return found;
            }
            if (askedNanos - knownNanos < 0 || written() || found.id() != known.id()) {
                return shown();
            }
            knownNanos = askedNanos;
            boolean changed = found.version() != known.version() || found.sizeBytes() != known.sizeBytes();
            file.status(found);
            lengthBytes = found.sizeBytes();
            modifiedMs = found.modifiedMs();
            if (changed) {
                drop();
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /** Has another path from now on. */
    public void renamed(FileStatus now) {
        lock.lock();
        try {
            file.renamed(now);
        } finally {
            lock.unlock();
        }
    }

    /** Takes over what does not depend on the content. */
    public void rightsOf(FileStatus found) {
        lock.lock();
        try {
            file.rightsOf(found);
        } finally {
            lock.unlock();
        }
    }

    /** The next attributes to be told are not the grid's. */
    @GuardedBy("lock")
    private boolean written() {
        return !closed && (unflushed || file.isOpen() || removed || replace);
    }

    void read(long offset, ByteBuffer target) {
        AheadInput from;
        lock.lock();
        try {
            requireOpen();
            if (copy != null) {
                copy.read(offset, target);
                return;
            }
            if (offset >= lengthBytes) {
                return;
            }
            long end = Math.min(lengthBytes, offset + target.remaining());
            if (end > file.status().sizeBytes() && file.isOpen()) {
                file.flush();
                unflushed = false;
                closeInput();
            }
            from = input == null ? new AheadInput(new GridSource(file.input()), ahead) : input;
            input = from;
        } finally {
            lock.unlock();
        }
        int count = (int) Math.min(target.remaining(), from.sizeBytes() - offset);
        if (count > 0) {
            int limit = target.limit();
            target.limit(target.position() + count);
            from.readAt(offset, target);
            target.limit(limit);
        }
    }

    void write(long offset, ByteBuffer bytes) {
        lock.lock();
        try {
            requireWhole();
            long end = offset + bytes.remaining();
            Spool local = copy;
            if (local == null && lengthBytes == 0) {
                local = Spool.open(space);
                copy = local;
            } else if (local == null && (offset != lengthBytes || removed)) {
                local = load();
            }
            touched(System.currentTimeMillis());
            if (local == null) {
                send(bytes);
            } else {
                put(local, offset, bytes);
            }
            lengthBytes = Math.max(lengthBytes, end);
            sendAhead();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void put(Spool local, long offset, ByteBuffer bytes) {
        try {
            if (offset < file.lengthBytes()) {
                replace = true;
            }
            local.write(offset, bytes.duplicate());
        } catch (Refusal e) {
            if (offset != lengthBytes || replace || removed) {
                throw e;
            }
            // No room for a copy, and none is needed as long as it is written on at its end.
            if (!sent(local)) {
                throw e;
            }
            drop();
            send(bytes);
        }
    }

    /** Sends all that is here; where that fails the copy replaces the file later. */
    @GuardedBy("lock")
    private boolean sent(Spool local) {
        try {
            file.append(local, lengthBytes);
            return true;
        } catch (GridException e) {
            if (e.code() == ErrorCode.LEASE_LOST && !isGone(e)) {
                throw e; // somebody else has taken it over, and may have written it
            }
            LOG.warn("sends it anew when it is closed: path={} error={}", file.path(), e.getMessage());
            file.abandon();
            replace = true;
            return false;
        }
    }

    /** Where the bytes that came last are too many to be kept here alone. */
    @GuardedBy("lock")
    private void sendAhead() {
        Spool local = copy;
        if (local == null || replace || removed || lengthBytes - file.lengthBytes() < SEND_AFTER_BYTES) {
            return;
        }
        if (sent(local) && lengthBytes > KEEP_BYTES) {
            drop();
        }
    }

    @GuardedBy("lock")
    private void send(ByteBuffer bytes) {
        requireInGrid(lengthBytes);
        try {
            file.append(bytes);
        } catch (GridException e) {
            file.abandon();
            failure = e;
            throw e;
        }
    }

    void truncate(long length) {
        lock.lock();
        try {
            requireWhole();
            if (length == lengthBytes) {
                return;
            }
            if (copy == null && removed) {
                load();
            }
            Spool local = copy;
            if (local == null && length < lengthBytes) {
                if (cut(length)) {
                    return;
                }
                local = load();
            }
            if (length - lengthBytes > space.limitBytes()) {
                throw new Refusal(Errno.EFBIG, "cannot fill " + (length - lengthBytes) + " bytes with zeros");
            }
            touched(System.currentTimeMillis());
            if (local == null) {
                sendZeros(length - lengthBytes);
            } else {
                replace |= length < file.lengthBytes();
                local.truncate(length);
            }
            lengthBytes = length;
        } finally {
            lock.unlock();
        }
    }

    /** Makes the file in the grid shorter; false where somebody else has removed it. */
    @GuardedBy("lock")
    private boolean cut(long length) {
        try {
            file.truncate(length);
        } catch (GridException e) {
            if (!isGone(e)) {
                throw e;
            }
            becomeRemoved();
            return false;
        }
        knownNanos = System.nanoTime();
        closeInput();
        lengthBytes = length;
        modifiedMs = file.status().modifiedMs();
        pinnedMs = null;
        unflushed = false;
        node.written(false);
        return true;
    }

    @GuardedBy("lock")
    private void sendZeros(long count) {
        ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
        for (long left = count; left > 0; left -= zeros.limit()) {
            zeros.clear().limit((int) Math.min(ZEROS, left));
            send(zeros);
            long reached = lengthBytes + zeros.limit();
            lengthBytes = reached;
        }
    }

    /** What was written is seen by all from now on; with {@code last} the file is closed, too. */
    void flush(boolean last) {
        lock.lock();
        try {
            requireOpen();
            if (removed) {
                return;
            }
            requireWhole();
            if (!written()) {
                return;
            }
            boolean stays = again && !last;
            if (stays && !unflushed && !replace) {
                return;
            }
            store(stays ? GridFile.Until.SEEN : GridFile.Until.CLOSED);
            again = true;
        } finally {
            lock.unlock();
        }
    }

    /** What was written is on devices from now on. */
    void sync() {
        lock.lock();
        try {
            requireWhole();
            if (!removed && written()) {
                store(GridFile.Until.ON_DEVICES);
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void store(GridFile.Until until) {
        try {
            if (!storedAtOnce()) {
                sendRest(until);
            }
            if (pinnedMs != null && !file.isOpen()) {
                file.modifiedAt(pinnedMs);
                pinnedMs = null;
            }
        } catch (GridException e) {
            if (!isGone(e)) {
                throw e;
            }
            LOG.info("was removed while it was written here: path={}", file.path());
            becomeRemoved();
            return;
        }
        unflushed = false;
        knownNanos = System.nanoTime();
        closeInput();
        if (file.isOpen()) {
            return;
        }
        modifiedMs = file.status().modifiedMs();
        node.caches(file.status(), knownNanos);
        node.written(false);
    }

    /** The most common way: a small file that was made, written and closed. */
    @GuardedBy("lock")
    private boolean storedAtOnce() {
        Spool local = copy;
        if (local == null || !file.takesAtOnce(lengthBytes) || !file.fill(local, lengthBytes, pinnedMs)) {
            return false;
        }
        pinnedMs = null;
        replace = false;
        return true;
    }

    /** Whether an error says that somebody else has removed the file. */
    @GuardedBy("lock")
    private boolean isGone(GridException error) {
        if (error.code() != ErrorCode.NOT_FOUND && error.code() != ErrorCode.LEASE_LOST) {
            return false;
        }
        try {
            return file.isGone();
        } catch (GridException e) {
            return false;
        }
    }

    @GuardedBy("lock")
    private void sendRest(GridFile.Until until) {
        Spool local = copy;
        if (!replace) {
            try {
                if (local != null) {
                    file.append(local, lengthBytes);
                }
                requireInGrid(lengthBytes);
                file.end(until);
            } catch (GridException e) {
                file.abandon();
                if (local == null) {
                    failure = e;
                    throw e;
                }
                if (e.code() == ErrorCode.LEASE_LOST || isGone(e)) {
                    throw e; // removed, or taken over by somebody else, who may have written it
                }
                LOG.warn("replaces what it could not be written on to: path={} error={}", file.path(), e.getMessage());
                replace = true;
            }
        }
        if (replace) {
            if (local == null) {
                throw new Refusal(Errno.EIO, "has no copy of what is to replace " + file.path());
            }
            node.replacing(true);
            try {
                file.replace(local, lengthBytes);
                node.replacedBy(file.status().id());
            } finally {
                node.replacing(false);
            }
            replace = false;
        }
    }

    /** What is here and has no copy the grid has from the beginning on: else a part would be taken for the whole. */
    @GuardedBy("lock")
    private void requireInGrid(long upTo) {
        if (file.lengthBytes() != upTo) {
            throw new Refusal(
                    Errno.EIO,
                    "the grid has " + file.lengthBytes() + " of " + upTo + " bytes, and the others are not here: "
                            + file.path());
        }
    }

    /** Sets the time of its last change; returns false where the grid has to be told, because it has all of it. */
    public boolean modifiedAt(long ms) {
        lock.lock();
        try {
            if (!written()) {
                return false;
            }
            pinnedMs = ms;
            modifiedMs = ms;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody here is about to remove it, or to replace it: what is here stays for those who have it open. */
    public void beforeRemoval() {
        lock.lock();
        try {
            if (!closed && !removed && file.isOpen() && copy == null) {
                load();
            }
        } catch (Refusal | GridException e) {
            LOG.warn("removed while it is written, and not kept here: path={} error={}", file.path(), e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    /** What was at its path is removed; that is this file, unless somebody else has moved it away before. */
    public void removed() {
        lock.lock();
        try {
            if (!closed && isGoneFor()) {
                becomeRemoved();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean isGoneFor() {
        try {
            return file.isGone();
        } catch (GridException e) {
            return true;
        }
    }

    @GuardedBy("lock")
    private void becomeRemoved() {
        removed = true;
        node.written(true);
        file.abandon();
    }

    /** Has the whole of it here. */
    @GuardedBy("lock")
    private Spool load() {
        if (lengthBytes > space.limitBytes()) {
            throw new Refusal(
                    Errno.EFBIG,
                    "cannot rewrite within " + file.path() + ": its " + lengthBytes
                            + " bytes are more than --spool-size");
        }
        if (file.isOpen()) {
            file.end(GridFile.Until.CLOSED);
        }
        Spool loaded = Spool.open(space);
        boolean whole = false;
        try {
            file.readInto(loaded);
            whole = true;
        } finally {
            if (!whole) {
                loaded.close();
            }
        }
        closeInput();
        copy = loaded;
        return loaded;
    }

    @GuardedBy("lock")
    private void touched(long nowMs) {
        unflushed = true;
        pinnedMs = null;
        modifiedMs = nowMs;
        node.written(true);
    }

    @GuardedBy("lock")
    private void requireOpen() {
        if (closed) {
            throw new Refusal(Errno.EBADF, "closed: " + file.path());
        }
    }

    @GuardedBy("lock")
    private void requireWhole() {
        requireOpen();
        if (failure != null) {
            throw failure;
        }
    }

    /** Gives back what is held. What was not flushed is gone; nothing more is done with it. Idempotent. */
    void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            file.abandon();
            drop();
            node.written(false);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void drop() {
        closeInput();
        if (copy != null) {
            copy.close();
            copy = null;
        }
    }

    @GuardedBy("lock")
    private void closeInput() {
        if (input != null) {
            input.close();
            input = null;
        }
    }
}
