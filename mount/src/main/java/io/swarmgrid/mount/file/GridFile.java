package io.swarmgrid.mount.file;

import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SetAttribute;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One file as the grid has it, and its open end where it is being written. Confined by the lock of its content. */
final class GridFile {
    private static final int PIECE_BYTES = 256 << 10;
    private static final String OWN_ATTRIBUTES = "swarm.";

    private final Grid grid;
    private final Supplier<String> path;
    private volatile FileStatus status;
    private @Nullable GrowingFile growing;

    /** How far what was written has to come. */
    enum Until {
        SEEN,
        ON_DEVICES,
        CLOSED
    }

    /** @param growing its open end; null for a file that nobody here writes */
    GridFile(Grid grid, Supplier<String> path, FileStatus status, @Nullable GrowingFile growing) {
        this.grid = grid;
        this.path = path;
        this.status = status;
        this.growing = growing;
    }

    String path() {
        return path.get();
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
        status = with(found, had.sizeBytes(), had.version(), had.modifiedMs());
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
            end = GrowingFile.append(grid.client(), path());
            if (end.position() != status.sizeBytes()) {
                end.close();
                throw new Refusal(Errno.ESTALE, "was written by somebody else meanwhile: " + path());
            }
            growing = end;
        }
        return end;
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
        }
    }

    /** Makes it shorter. */
    void truncate(long length) {
        end(Until.CLOSED);
        status = grid.truncate(path(), length);
    }

    /** Puts the content in its place, in one step; it is another file from then on, with the same rights and attributes. */
    void replace(Spool copy, long length) {
        abandon();
        FileStatus before = grid.stat(path(), status.id());
        FilePut put = new FilePut(before.path(), true, null, before.replicas(), null);
        try (FileOutput output = new FileOutput(grid.client(), put)) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, length));
            while (output.position() < length) {
                piece.clear().limit((int) Math.min(piece.capacity(), length - output.position()));
                copy.read(output.position(), piece);
                output.write(piece.array(), 0, piece.position());
            }
            output.commit();
        }
        FileStatus now = grid.stat(before.path());
        Map<String, String> attributes = before.attributes() == null ? Map.of() : before.attributes();
        attributes.forEach((name, value) -> {
            if (!name.startsWith(OWN_ATTRIBUTES)) {
                SetAttribute same = new SetAttribute(before.path(), name, value);
                grid.client().action("fs.set_attribute", same, FileStatus.class);
            }
        });
        if (!now.owner().equals(before.owner())) {
            grid.setStatus(new SetStatus(before.path(), before.owner(), null, null, null));
        }
        status = grid.stat(before.path());
    }

    void modifiedAt(long ms) {
        status = grid.setStatus(new SetStatus(path(), null, null, null, ms));
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
