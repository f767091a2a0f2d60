package io.swarmgrid.mount.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorKind;
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
     * A file may be planned only, and not made in the grid yet. The kernel lets one name in a directory be made at a time: what the
     * grid is asked for meanwhile all others wait for, and making a file is a change that has to be on devices. Closing is done for
     * many files at once. So what begins empty whatever was there (O_TRUNC) is put at its close, with its content, in one step
     * instead of two, unless something asks for it before: its attributes, its name, a list of its directory, a sync, or more bytes
     * than are kept here alone.
     */
    static final long SEND_AFTER_BYTES = 8 << 20;
    static final long KEEP_BYTES = 64 << 20;
    /** So much the client itself puts again where a node dies. */
    private static final long WHOLE_BYTES = 1 << 20;

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

    /** When the grid got it last. */
    @GuardedBy("lock")
    private long storedNanos = System.nanoTime();

    private volatile long lengthBytes;
    private volatile long modifiedMs;

    Content(GridFile file, SpoolSpace space, ReadAhead ahead, Node node) {
        this.file = file;
        this.space = space;
        this.ahead = ahead;
        this.node = node;
        this.lengthBytes = file.lengthBytes();
        this.modifiedMs = file.status().modifiedMs();
        if (file.isOpen() || !file.isMade()) {
            node.written(true);
        }
    }

    /** Whether the grid knows of the file. */
    boolean isMade() {
        return file.isMade();
    }

    /** Has the grid know of the file, where that was left for later; removed ones it need not know. */
    public void make() {
        if (file.isMade()) {
            return;
        }
        lock.lock();
        try {
            if (!file.isMade() && !removed) {
                file.make();
                made();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void made() {
        storedNanos = System.nanoTime();
        closeInput();
        node.replacedBy(file.status().id());
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
            if (askedNanos - storedNanos < 0 || written()) {
                return shown();
            }
            FileStatus known = file.status();
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
        return unflushed || file.isOpen() || removed || replace || !file.isMade();
    }

    void read(long offset, ByteBuffer target) {
        AheadInput from;
        lock.lock();
        try {
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
            local.write(offset, bytes);
        } catch (Refusal e) {
            if (offset != lengthBytes || replace || removed) {
                throw e;
            }
            // No room for a copy, and none is needed as long as it is written on at its end.
            sendCopy(local);
            drop();
            send(bytes);
        }
    }

    /** Where the bytes that came last are too many to be kept here alone. */
    @GuardedBy("lock")
    private void sendAhead() {
        Spool local = copy;
        if (local == null || replace || removed || lengthBytes - file.lengthBytes() < SEND_AFTER_BYTES) {
            return;
        }
        try {
            sendCopy(local);
            if (lengthBytes > KEEP_BYTES) {
                drop();
            }
        } catch (GridException e) {
            LOG.warn("sends it anew when it is closed: path={} error={}", file.path(), e.getMessage());
            file.abandon();
            replace = true;
        }
    }

    @GuardedBy("lock")
    private void sendCopy(Spool local) {
        file.append(local, lengthBytes);
    }

    @GuardedBy("lock")
    private void send(ByteBuffer bytes) {
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
                file.truncate(length);
                storedNanos = System.nanoTime();
                closeInput();
                lengthBytes = length;
                modifiedMs = file.status().modifiedMs();
                pinnedMs = null;
                unflushed = false;
                node.written(false);
                return;
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

    @GuardedBy("lock")
    private void sendZeros(long count) {
        ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
        for (long left = count; left > 0; left -= zeros.limit()) {
            zeros.clear().limit((int) Math.min(ZEROS, left));
            send(zeros);
        }
    }

    /** What was written is seen by all from now on; with {@code last} the file is closed, too. */
    void flush(boolean last) {
        lock.lock();
        try {
            if (removed) {
                return;
            }
            requireWhole();
            if (!written()) {
                return;
            }
            if (!file.isMade() && lengthBytes == 0 && !last) {
                // A shell closes the descriptor that it has handed on: the file shall exist, and is written soon.
                file.make();
                made();
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
        if (!file.isMade() && until == GridFile.Until.CLOSED) {
            putWhole();
        } else {
            sendRest(until);
        }
        unflushed = false;
        made();
        if (file.isOpen()) {
            return;
        }
        if (pinnedMs != null) {
            file.modifiedAt(pinnedMs);
            pinnedMs = null;
        }
        modifiedMs = file.status().modifiedMs();
        node.caches(file.status());
        node.written(false);
    }

    @GuardedBy("lock")
    private void sendRest(GridFile.Until until) {
        if (!file.isMade()) {
            file.make();
        }
        if (!replace) {
            try {
                if (copy != null) {
                    sendCopy(copy);
                }
                file.end(until);
            } catch (GridException e) {
                file.abandon();
                if (copy == null) {
                    failure = e;
                    throw e;
                }
                LOG.warn("replaces what it could not be written on to: path={} error={}", file.path(), e.getMessage());
                replace = true;
            }
        }
        if (replace && copy != null) {
            file.replace(copy, lengthBytes);
            replace = false;
        }
    }

    /** Puts what was only planned, all at once. */
    @GuardedBy("lock")
    private void putWhole() {
        try {
            file.put(copy, lengthBytes);
        } catch (GridException e) {
            if (lengthBytes <= WHOLE_BYTES || e.kind() == ErrorKind.CALLER) {
                throw e;
            }
            LOG.warn("puts it again: path={} error={}", file.path(), e.getMessage());
            file.put(copy, lengthBytes);
        }
        replace = false;
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

    /** Removes a file that the grid does not know of yet, and never will; returns whether it is one. */
    public boolean removedUnmade() {
        lock.lock();
        try {
            if (file.isMade() || removed) {
                return false;
            }
            removed = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody here is about to remove it, or to replace it: what is here stays for those who have it open. */
    public void beforeRemoval() {
        lock.lock();
        try {
            if (!removed && file.isOpen() && copy == null) {
                load();
            }
        } catch (Refusal e) {
            LOG.warn("removed while it is written, and too large to be kept here: path={}", file.path());
        } finally {
            lock.unlock();
        }
    }

    public void removed() {
        lock.lock();
        try {
            removed = true;
            node.written(true);
            file.abandon();
        } finally {
            lock.unlock();
        }
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
    private void requireWhole() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Gives back what is held. What was not flushed is gone. */
    void close() {
        lock.lock();
        try {
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
