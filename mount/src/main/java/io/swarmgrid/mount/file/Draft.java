package io.swarmgrid.mount.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Node;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The local copy of a file, where there is one, and what of the file the grid has. Confined by the lock of its content. */
final class Draft {
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
    private static final int ZEROS = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Draft.class);

    private final GridFile file;
    private final Shown shown;
    private final SpoolSpace space;
    private final Node node;
    private @Nullable Spool copy;

    /** What the grid has is no beginning of what is here. */
    private boolean replace;

    /** What was acknowledged and is lost; the file can only be closed. */
    private @Nullable RuntimeException failure;

    Draft(GridFile file, Shown shown, SpoolSpace space, Node node) {
        this.file = file;
        this.shown = shown;
        this.space = space;
        this.node = node;
    }

    /** Whether all of it is here. */
    boolean isHere() {
        return copy != null;
    }

    boolean replaces() {
        return replace;
    }

    void requireWhole() {
        if (failure != null) {
            throw failure;
        }
    }

    /** Reads from the copy; false where there is none. */
    boolean read(long offset, ByteBuffer target) {
        Spool local = copy;
        if (local != null) {
            local.read(offset, target);
        }
        return local != null;
    }

    /** @param removed whether the grid has the file no more */
    void write(long offset, ByteBuffer bytes, boolean removed) {
        long length = shown.lengthBytes();
        long end = offset + bytes.remaining();
        Spool local = copy;
        if (local == null && length == 0) {
            local = Spool.open(space);
            copy = local;
        } else if (local == null && (offset != length || removed)) {
            local = load();
        }
        shown.touched();
        if (local == null) {
            send(bytes);
        } else {
            put(local, offset, bytes, removed);
        }
        shown.lengthBytes(Math.max(length, end));
        sendAhead(removed);
    }

    private void put(Spool local, long offset, ByteBuffer bytes, boolean removed) {
        try {
            if (offset < file.lengthBytes()) {
                replace = true;
            }
            local.write(offset, bytes.duplicate());
        } catch (Refusal e) {
            if (offset != shown.lengthBytes() || replace || removed) {
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
    private boolean sent(Spool local) {
        try {
            fillAgain();
            if (!replace) {
                file.append(local, shown.lengthBytes());
            }
            return !replace;
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
    private void sendAhead(boolean removed) {
        Spool local = copy;
        long length = shown.lengthBytes();
        if (local == null || replace || removed || length - file.lengthBytes() < SEND_AFTER_BYTES) {
            return;
        }
        if (sent(local) && length > KEEP_BYTES) {
            drop();
        }
    }

    private void send(ByteBuffer bytes) {
        requireInGrid();
        try {
            file.append(bytes);
        } catch (GridException e) {
            file.abandon();
            failure = e;
            throw e;
        }
    }

    /** Has the copy, or the file that is sent, another length; of one that is only in the grid it must not be less. */
    void resize(long length) {
        long before = shown.lengthBytes();
        if (length - before > space.limitBytes()) {
            throw new Refusal(Errno.EFBIG, "cannot fill " + (length - before) + " bytes with zeros");
        }
        shown.touched();
        Spool local = copy;
        if (local == null) {
            sendZeros(length - before);
        } else {
            replace |= length < file.lengthBytes();
            local.truncate(length);
        }
        shown.lengthBytes(length);
    }

    private void sendZeros(long count) {
        ByteBuffer zeros = ByteBuffer.allocate(ZEROS);
        for (long left = count; left > 0; left -= zeros.limit()) {
            zeros.clear().limit((int) Math.min(ZEROS, left));
            send(zeros);
            shown.lengthBytes(shown.lengthBytes() + zeros.limit());
        }
    }

    /** Brings all of it to the grid, and the time that it is to have. */
    void store(GridFile.Until until) {
        fillAgain();
        if (!storedAtOnce()) {
            sendRest(until);
        }
        Long pinnedMs = shown.pinnedMs();
        if (pinnedMs != null && !file.isOpen()) {
            file.modifiedAt(pinnedMs);
            shown.unpin();
        }
    }

    /** What was not answered is asked again as it was: what was written since goes behind it, or replaces it. */
    private void fillAgain() {
        byte[] given = file.fillAgain();
        Spool local = copy;
        if (given == null || local == null) {
            return;
        }
        byte[] here = new byte[(int) Math.min(given.length, shown.lengthBytes())];
        local.read(0, ByteBuffer.wrap(here));
        replace = !Arrays.equals(given, here);
    }

    /** The most common way: a small file that was made, written and closed. */
    private boolean storedAtOnce() {
        Spool local = copy;
        long length = shown.lengthBytes();
        Long pinnedMs = shown.pinnedMs();
        // A time that the grid refuses is not to be taken for too many bytes.
        boolean timely = pinnedMs == null || pinnedMs >= 0;
        if (local == null || !timely || !file.takesAtOnce(length) || !file.fill(local, length, pinnedMs)) {
            return false;
        }
        shown.unpin();
        replace = false;
        return true;
    }

    private void sendRest(GridFile.Until until) {
        Spool local = copy;
        if (!replace) {
            try {
                if (local != null) {
                    file.append(local, shown.lengthBytes());
                }
                requireInGrid();
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
            replaceBy(local);
        }
    }

    private void replaceBy(@Nullable Spool local) {
        if (local == null) {
            throw new Refusal(Errno.EIO, "has no copy of what is to replace " + file.path());
        }
        node.replacing(true);
        try {
            file.replace(local, shown.lengthBytes());
        } finally {
            node.replacing(false);
        }
        replace = false;
    }

    /** What is here and has no copy the grid has from the beginning on: else a part would be taken for the whole. */
    private void requireInGrid() {
        if (file.lengthBytes() != shown.lengthBytes()) {
            throw new Refusal(
                    Errno.EIO,
                    "the grid has " + file.lengthBytes() + " of " + shown.lengthBytes()
                            + " bytes, and the others are not here: " + file.path());
        }
    }

    /** Whether an error says that somebody else has removed the file. */
    boolean isGone(GridException error) {
        if (error.code() != ErrorCode.NOT_FOUND && error.code() != ErrorCode.LEASE_LOST) {
            return false;
        }
        try {
            return file.isGone();
        } catch (GridException e) {
            return false;
        }
    }

    /** Has the whole of it here. */
    Spool load() {
        long length = shown.lengthBytes();
        if (length > space.limitBytes()) {
            throw new Refusal(
                    Errno.EFBIG,
                    "cannot rewrite within " + file.path() + ": its " + length + " bytes are more than --spool-size");
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
        copy = loaded;
        return loaded;
    }

    void drop() {
        if (copy != null) {
            copy.close();
            copy = null;
        }
    }
}
