package io.swarmgrid.mount.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.FillFile;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One file as the grid has it, and its open end where it is being written. Confined by the lock of its content. */
final class GridFile {
    private static final Logger LOG = LoggerFactory.getLogger(GridFile.class);
    private static final int PIECE_BYTES = 256 << 10;
    /** How often it may be renamed by others while something is done with it. */
    private static final int MOST_MOVES = 3;

    private final Grid grid;
    private final Tree tree;
    private final Node node;
    private volatile FileStatus status;
    private @Nullable GrowingFile growing;

    private @Nullable LeftEnd left;

    /** It may have been replaced from here by a put that was not answered: where it is gone that is no removal by somebody else. */
    private boolean unsure;

    /** The time in the status is this machine's, and not what the grid has. */
    private boolean timeGuessed;

    /** What it was given in one step, and the grid has not answered to; it is to be the very same the next time. */
    private @Nullable FillFile unanswered;

    /** How far what was written has to come. */
    enum Until {
        SEEN,
        ON_DEVICES,
        CLOSED
    }

    GridFile(Grid grid, Tree tree, Node node, FileStatus status) {
        this.grid = grid;
        this.tree = tree;
        this.node = node;
        this.status = status;
    }

    String path() {
        return tree.path(node);
    }

    FileStatus status() {
        return status;
    }

    void status(FileStatus found) {
        status = found;
        timeGuessed = false;
    }

    /** Takes over what does not depend on its content. */
    void rightsOf(FileStatus found) {
        FileStatus had = status;
        if (found.id() == had.id()) {
            status = found.written(had.sizeBytes(), had.version(), had.modifiedMs());
        }
    }

    /**
     * Was renamed from here: what it replaced may have been of a later version, which it has come to have; unless that is what somebody
     * else has written meanwhile.
     */
    void renamed(FileStatus now) {
        FileStatus had = status;
        if (now.id() == had.id()) {
            boolean same = now.sizeBytes() == had.sizeBytes() && (timeGuessed || now.modifiedMs() == had.modifiedMs());
            LeftEnd end = left;
            boolean own = growing != null || (end != null && (LeftEnd.isOpen(now) || end.isAllOf(now)));
            long version = same || own ? now.version() : had.version();
            status = now.written(had.sizeBytes(), version, had.modifiedMs());
            left = end == null ? null : new LeftEnd(status, end.lengthBytes());
        }
    }

    /** How much of it the grid has, or is being sent. */
    long lengthBytes() {
        return growing == null ? status.sizeBytes() : growing.position();
    }

    boolean isOpen() {
        return growing != null;
    }

    FileInput input() {
        return FileInput.open(grid.client(), status);
    }

    void append(ByteBuffer bytes) {
        growing().write(bytes);
    }

    /** Sends what a copy has more, up to a length. */
    void append(Spool copy, long length) {
        if (lengthBytes() >= length) {
            return;
        }
        GrowingFile end = growing();
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, length - end.position()));
        while (end.position() < length) {
            piece.clear().limit((int) Math.min(piece.capacity(), length - end.position()));
            copy.read(end.position(), piece);
            end.write(piece.flip());
        }
    }

    private GrowingFile growing() {
        GrowingFile end = growing;
        if (end == null) {
            end = whereverItIs(path -> GrowingFile.append(grid.client(), path, status.id()));
            if (end.position() != status.sizeBytes()) {
                end.close();
                throw new Refusal(Errno.ESTALE, "was written by somebody else meanwhile: " + path());
            }
            growing = end;
        }
        return end;
    }

    /**
     * Does something with this very file, by its path, which the grid refuses where another one is there by then: then it is looked for.
     *
     * @throws GridException NOT_FOUND where it was removed
     */
    private <T> T whereverItIs(Function<String, T> call) {
        String path = path();
        for (int i = 0; ; i++) {
            try {
                return call.apply(path);
            } catch (GridException e) {
                boolean elsewhere = e.code() == ErrorCode.CONFLICT || e.code() == ErrorCode.NOT_FOUND;
                if (!elsewhere || i == MOST_MOVES) {
                    throw e;
                }
            }
            path = grid.stat(path, status.id()).path();
        }
    }

    /**
     * Whether it was removed or replaced, in the grid; throws where that cannot be asked.
     *
     * @throws Refusal ESTALE where it may be this mount that has replaced it
     */
    boolean isGone() {
        try {
            grid.stat(path(), status.id());
            return false;
        } catch (GridException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
        if (unsure) {
            throw new Refusal(Errno.ESTALE, "what it was replaced by from here is not known: " + path());
        }
        return true;
    }

    /** Whether another file is where this one was; throws where that cannot be asked. */
    boolean isAnotherThere() {
        try {
            return grid.stat(path()).id() != status.id();
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.NOT_A_DIRECTORY) {
                return false;
            }
            throw e;
        }
    }

    /** Whether so many bytes can be given to it in one step. */
    boolean takesAtOnce(long length) {
        return growing == null && left == null && status.sizeBytes() == 0 && length > 0 && length <= grid.mostAtOnce();
    }

    /**
     * Gives it all of its bytes, in one step, and its time.
     *
     * @param modifiedMs null for now
     * @return whether the grid takes so many
     */
    boolean fill(Spool copy, long length, @Nullable Long modifiedMs) {
        byte[] bytes = new byte[(int) length];
        copy.read(0, ByteBuffer.wrap(bytes));
        return filled(FillFile.of(status, bytes, modifiedMs, UUID.randomUUID().toString()));
    }

    private boolean filled(FillFile content) {
        try {
            FileStatus filled = grid.fill(content);
            unanswered = null;
            if (filled != null) {
                status(filled);
            }
            return filled != null;
        } catch (GridException e) {
            if (e.code() == ErrorCode.UNKNOWN_OUTCOME) {
                unanswered = content;
            }
            throw e;
        }
    }

    /**
     * Gives it once more what it may have been given already, in one step that was not answered.
     *
     * @return what it has of that now; null where nothing was open
     */
    byte @Nullable [] fillAgain() {
        FillFile before = unanswered;
        if (before == null) {
            return null;
        }
        byte[] bytes = before.bytes();
        try {
            return filled(before) ? bytes : null;
        } catch (GridException e) {
            FileStatus now = e.code() == ErrorCode.PRECONDITION_FAILED ? grid.stat(path(), status.id()) : null;
            // The grid does not remember for ever that it has done it.
            if (now == null || now.version() != status.version() + 1 || now.sizeBytes() != bytes.length) {
                throw e;
            }
            status(now);
            unanswered = null;
            return bytes;
        }
    }

    /** Has what was sent seen, synced or closed. */
    void end(Until until) {
        GrowingFile end = growing;
        if (end == null) {
            return;
        }
        switch (until) {
            case SEEN -> end.flush();
            case ON_DEVICES -> end.syncWherePossible();
            case CLOSED -> {
                PutResult result = end.commit();
                end.close();
                growing = null;
                status = status.written(result.sizeBytes(), result.version(), System.currentTimeMillis());
                timeGuessed = true;
            }
        }
    }

    /** Lets what was written be read through the grid. */
    void flush() {
        GrowingFile end = growing;
        if (end != null) {
            end.flush();
            status(grid.stat(path(), status.id()));
        }
    }

    /** Leaves its open end, if it has one, to the grid. */
    void abandon() {
        if (growing != null) {
            left = new LeftEnd(status, growing.position());
            growing.close();
            growing = null;
        }
    }

    /** Makes it shorter. */
    void truncate(long length) {
        end(Until.CLOSED);
        status(whereverItIs(path -> grid.truncate(path, status.id(), length)));
    }

    /**
     * Puts the content in its place, in one step; it is another file from then on, with the same rights and attributes. What was written
     * by somebody else meanwhile is not replaced.
     */
    void replace(Spool copy, long length) {
        abandon();
        whereverItIs(path -> {
            FileStatus before = grid.stat(path, status.id());
            send(before, new PutStart.Of(status.id(), replaceable(before)), copy, length);
            return before;
        });
        left = null;
        unsure = false;
        try {
            FileStatus found = grid.stat(path(), status.id());
            if (found.version() == status.version() && found.sizeBytes() == status.sizeBytes()) {
                status(found);
            }
        } catch (GridException e) {
            LOG.info("was stored, at a time that is not known: path={} error={}", path(), e.getMessage());
        }
    }

    /** Is another file of the grid from now on, whatever is answered to the next question. */
    private void replaced(FileStatus before, long id, PutResult result) {
        long nowMs = System.currentTimeMillis();
        status = new FileStatus(
                before.path(),
                before.kind(),
                id,
                result.sizeBytes(),
                result.version(),
                nowMs,
                nowMs,
                before.owner(),
                before.replicas(),
                before.state(),
                before.attributes(),
                before.group(),
                before.permission());
        timeGuessed = true;
        node.replacedBy(id);
    }

    /** A rename counts the version up, too: with the same length and time it is the content that was opened. */
    private long versionOf(FileStatus now) {
        boolean same = now.sizeBytes() == status.sizeBytes() && now.modifiedMs() == status.modifiedMs();
        return same ? now.version() : status.version();
    }

    /**
     * The version that the copy may take the place of; null for whichever there is by then, where nobody but the grid can have written it.
     *
     * @throws Refusal ESTALE where somebody else has written it
     */
    private @Nullable Long replaceable(FileStatus now) {
        LeftEnd end = left;
        if (end == null) {
            return versionOf(now);
        }
        if (!end.isAllOf(now)) {
            throw new Refusal(Errno.ESTALE, "was written by somebody else meanwhile: " + path());
        }
        return LeftEnd.isOpen(now) ? null : Long.valueOf(now.version());
    }

    private void send(FileStatus before, PutStart.Of of, Spool copy, long length) {
        FilePut put = new FilePut(before.path(), true, null, before.replicas(), null);
        try (FileOutput output = new FileOutput(grid.client(), put, of)) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, length));
            while (output.position() < length) {
                piece.clear().limit((int) Math.min(piece.capacity(), length - output.position()));
                copy.read(output.position(), piece);
                output.write(piece.array(), 0, piece.position());
            }
            PutResult result = output.commit();
            replaced(before, output.fileId(), result);
        } catch (GridException e) {
            unsure |= e.code() == ErrorCode.UNKNOWN_OUTCOME;
            throw e;
        }
    }

    void modifiedAt(long ms) {
        String path = grid.stat(path(), status.id()).path();
        rightsOf(grid.setStatus(new SetStatus(path, null, null, null, ms)));
        status(status.written(status.sizeBytes(), status.version(), ms));
    }

    void readInto(Spool spool) {
        try (FileInput whole = input()) {
            ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
            for (long at = 0; whole.read(piece.clear()) >= 0; at = spool.length()) {
                spool.write(at, piece.flip());
            }
        }
    }
}
