package io.swarmgrid.mount.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * One file while it is open here, for all who have it open: what they write is what they read, before the grid has it. Says in
 * which order things are done to its {@link Draft} and to how it is {@link Shown}. Thread-safe.
 */
public final class Content {
    private static final Logger LOG = LoggerFactory.getLogger(Content.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final ReadAhead ahead;
    private final Node node;
    private final GridFile file;
    private final Shown shown;

    @GuardedBy("lock")
    private final Draft draft;

    @GuardedBy("lock")
    private @Nullable AheadInput input;

    /** Was closed in the grid once and written again since: somebody has two descriptors of it. */
    @GuardedBy("lock")
    private boolean again;

    /** Changed under the lock. */
    private volatile boolean removed;

    @GuardedBy("lock")
    private boolean closed;

    /** @param askedNanos when the grid was asked for the file's status */
    Content(GridFile file, SpoolSpace space, ReadAhead ahead, Node node, long askedNanos) {
        this.file = file;
        this.ahead = ahead;
        this.node = node;
        this.shown = new Shown(file, node, askedNanos);
        this.draft = new Draft(file, shown, space, node);
    }

    /** Whether something of it is not in the grid yet, and should be. */
    boolean isOwed() {
        return node.isWritten() && !removed;
    }

    /** The file as it is here. */
    FileStatus shown() {
        return shown.now();
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
            shown.pin();
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
            if (closed) {
                return found;
            }
            if (written() || !shown.isNews(found, askedNanos)) {
                return shown();
            }
            if (shown.takes(found, askedNanos)) {
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
        return !closed && (shown.isUnflushed() || file.isOpen() || removed || draft.replaces());
    }

    void read(long offset, ByteBuffer target) {
        AheadInput from;
        lock.lock();
        try {
            requireOpen();
            if (draft.read(offset, target) || offset >= shown.lengthBytes()) {
                return;
            }
            long end = Math.min(shown.lengthBytes(), offset + target.remaining());
            if (end > file.status().sizeBytes() && file.isOpen()) {
                file.flush();
                shown.flushed();
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
            draftWrites(offset, bytes);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void draftWrites(long offset, ByteBuffer bytes) {
        try {
            draft.write(offset, bytes, removed);
        } finally {
            if (draft.isHere()) {
                closeInput();
            }
        }
    }

    void truncate(long length) {
        lock.lock();
        try {
            requireWhole();
            if (length == shown.lengthBytes()) {
                return;
            }
            if (!draft.isHere() && removed) {
                load();
            }
            if (!draft.isHere() && length < shown.lengthBytes()) {
                if (cut(length)) {
                    return;
                }
                load();
            }
            draft.resize(length);
        } finally {
            lock.unlock();
        }
    }

    /** Makes the file in the grid shorter; false where somebody else has removed it, and nothing is in its place. */
    @GuardedBy("lock")
    private boolean cut(long length) {
        try {
            file.truncate(length);
        } catch (GridException e) {
            if (!draft.isGone(e)) {
                throw e;
            }
            wasRemoved();
            return false;
        }
        shown.sent();
        closeInput();
        shown.lengthBytes(length);
        shown.unpin();
        shown.stored();
        shown.flushed();
        return true;
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
            if (stays && !shown.isUnflushed() && !draft.replaces()) {
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
            draft.store(until);
        } catch (GridException e) {
            if (!draft.isGone(e)) {
                throw e;
            }
            wasRemoved();
            return;
        }
        shown.flushed();
        shown.sent();
        closeInput();
        if (!file.isOpen()) {
            shown.cached();
            shown.stored();
        }
    }

    /** By somebody else. Where another file is in its place, what was written here is nowhere: that is told once. */
    @GuardedBy("lock")
    private void wasRemoved() {
        boolean replaced = file.isAnotherThere();
        LOG.info("was removed while it was written here: path={} replaced={}", file.path(), replaced);
        becomeRemoved();
        if (replaced) {
            throw new Refusal(Errno.ESTALE, "was replaced by somebody else meanwhile: " + file.path());
        }
    }

    /** Sets the time of its last change; returns false where the grid has to be told, because it has all of it. */
    public boolean modifiedAt(long ms) {
        lock.lock();
        try {
            if (!written()) {
                return false;
            }
            shown.pin(ms);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody here is about to remove it, or to replace it: what is here stays for those who have it open. */
    public void beforeRemoval() {
        lock.lock();
        try {
            if (!closed && !removed && file.isOpen() && !draft.isHere()) {
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
        } catch (Refusal | GridException e) {
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
    private void load() {
        draft.load();
        closeInput();
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
        draft.requireWhole();
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
        draft.drop();
    }

    @GuardedBy("lock")
    private void closeInput() {
        if (input != null) {
            input.close();
            input = null;
        }
    }
}
