package io.swarmgrid.mount.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One file as the grid has it, and its open end where it is being written. Confined by the lock of its content. */
final class GridFile {
    private static final int PIECE_BYTES = 256 << 10;
    /** How often it may be renamed by others while something is done with it. */
    private static final int MOST_MOVES = 3;

    private final Grid grid;
    private final Tree tree;
    private final Node node;
    private volatile FileStatus status;
    private @Nullable GrowingFile growing;

    /** Its open end was left to the grid, which closes the file as it likes: as which version is not known. */
    private boolean left;

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
    }

    /** Takes over what does not depend on its content. */
    void rightsOf(FileStatus found) {
        FileStatus had = status;
        if (found.id() == had.id()) {
            status = with(found, had.sizeBytes(), had.version(), had.modifiedMs());
        }
    }

    /** Was renamed from here: what it replaced may have been of a later version, which it has come to have. */
    void renamed(FileStatus now) {
        FileStatus had = status;
        if (now.id() == had.id()) {
            status = with(now, had.sizeBytes(), now.version(), had.modifiedMs());
        }
    }

    static FileStatus with(FileStatus from, long sizeBytes, long version, long modifiedMs) {
        return new FileStatus(
                from.path(),
                from.kind(),
                from.id(),
                sizeBytes,
                version,
                from.createdMs(),
                modifiedMs,
                from.owner(),
                from.replicas(),
                from.state(),
                from.attributes(),
                from.group(),
                from.permission());
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

    /** Whether it was removed or replaced, in the grid; throws where that cannot be asked. */
    boolean isGone() {
        try {
            grid.stat(path(), status.id());
            return false;
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return true;
            }
            throw e;
        }
    }

    /** Whether so many bytes can be given to it in one step. */
    boolean takesAtOnce(long length) {
        return growing == null && !left && status.sizeBytes() == 0 && length > 0 && length <= grid.mostAtOnce();
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
        FileStatus filled = grid.fill(status, bytes, modifiedMs);
        if (filled != null) {
            status = filled;
        }
        return filled != null;
    }

    /** Has what was sent seen, synced or closed. */
    void end(Until until) {
        GrowingFile end = growing;
        if (end == null) {
            return;
        }
        switch (until) {
            case SEEN -> end.flush();
            case ON_DEVICES -> end.sync();
            case CLOSED -> {
                PutResult result = end.commit();
                end.close();
                growing = null;
                status = with(status, result.sizeBytes(), result.version(), System.currentTimeMillis());
            }
        }
    }

    /** Lets what was written be read through the grid. */
    void flush() {
        GrowingFile end = growing;
        if (end != null) {
            end.flush();
            status = grid.stat(path(), status.id());
        }
    }

    /** Leaves its open end, if it has one, to the grid. */
    void abandon() {
        if (growing != null) {
            growing.close();
            growing = null;
            left = true;
        }
    }

    /** Makes it shorter. */
    void truncate(long length) {
        end(Until.CLOSED);
        status = whereverItIs(path -> grid.truncate(path, status.id(), length));
    }

    /**
     * Puts the content in its place, in one step; it is another file from then on, with the same rights and attributes. What was written
     * by somebody else meanwhile is not replaced.
     */
    void replace(Spool copy, long length) {
        abandon();
        FileStatus now = whereverItIs(path -> {
            FileStatus before = grid.stat(path, status.id());
            FilePut put = new FilePut(before.path(), true, null, before.replicas(), null);
            long id = send(put, new PutStart.Of(status.id(), left ? null : versionOf(before)), copy, length);
            return grid.stat(before.path(), id);
        });
        status = now;
        left = false;
    }

    /** A rename counts the version up, too: with the same length and time it is the content that was opened. */
    private long versionOf(FileStatus now) {
        boolean same = now.sizeBytes() == status.sizeBytes() && now.modifiedMs() == status.modifiedMs();
        return same ? now.version() : status.version();
    }

    private long send(FilePut put, PutStart.Of of, Spool copy, long length) {
        try (FileOutput output = new FileOutput(grid.client(), put, of)) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, length));
            while (output.position() < length) {
                piece.clear().limit((int) Math.min(piece.capacity(), length - output.position()));
                copy.read(output.position(), piece);
                output.write(piece.array(), 0, piece.position());
            }
            output.commit();
            return output.fileId();
        }
    }

    void modifiedAt(long ms) {
        String path = grid.stat(path(), status.id()).path();
        rightsOf(grid.setStatus(new SetStatus(path, null, null, null, ms)));
        status = with(status, status.sizeBytes(), status.version(), ms);
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
