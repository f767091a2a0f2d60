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
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One file as the grid has it, and its open end where it is being written. Confined by the lock of its content. */
final class GridFile {
    private static final int PIECE_BYTES = 256 << 10;
    private static final String OWN_ATTRIBUTES = "swarm.";

    private final Grid grid;
    private final Tree tree;
    private final Node node;
    private volatile FileStatus status;
    /** What is to be done with the file once it is made; null for one that is. */
    private volatile @Nullable UnaryOperator<FileStatus> onceMade;

    private @Nullable GrowingFile growing;

    /** How far what was written has to come. */
    enum Until {
        SEEN,
        ON_DEVICES,
        CLOSED
    }

    /** @param growing its open end; null for a file that nobody here writes */
    GridFile(Grid grid, Tree tree, Node node, FileStatus status, @Nullable GrowingFile growing) {
        this.grid = grid;
        this.tree = tree;
        this.node = node;
        this.status = status;
        this.growing = growing;
    }

    /**
     * A file that the grid knows nothing of yet.
     *
     * @param planned how it is to be shown until then
     * @param onceMade gives it what a new file does not have by itself
     */
    static GridFile planned(Grid grid, Tree tree, Node node, FileStatus planned, UnaryOperator<FileStatus> onceMade) {
        GridFile file = new GridFile(grid, tree, node, planned, null);
        file.onceMade = onceMade;
        return file;
    }

    String path() {
        return tree.path(node);
    }

    /** Whether the grid knows of it. */
    boolean isMade() {
        return onceMade == null;
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
        if (end == null && !isMade()) {
            return make();
        }
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

    /** Makes what was only planned: empty, seen by all, and open here. Whatever has its name by now is replaced. */
    GrowingFile make() {
        Lock staying = tree.moves().readLock();
        staying.lock();
        try {
            String to = path();
            GrowingFile end = GrowingFile.create(grid.client(), replacing(to, null));
            boolean known = false;
            try {
                made(to);
                known = true;
            } finally {
                if (!known) {
                    end.close();
                }
            }
            growing = end;
            return end;
        } finally {
            staying.unlock();
        }
    }

    private void made(String to) {
        UnaryOperator<FileStatus> finish = onceMade;
        FileStatus found = grid.stat(to);
        status = finish == null ? found : finish.apply(found);
        onceMade = null;
    }

    private static FilePut replacing(String path, @Nullable Integer replicas) {
        return new FilePut(path, true, null, replicas, null);
    }

    /** Makes what was only planned with all of its content, in one step. */
    void put(@Nullable Spool copy, long length) {
        Lock staying = tree.moves().readLock();
        staying.lock();
        try {
            String to = path();
            send(replacing(to, null), copy, length);
            made(to);
        } finally {
            staying.unlock();
        }
    }

    private void send(FilePut put, @Nullable Spool copy, long length) {
        try (FileOutput output = new FileOutput(grid.client(), put)) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, length));
            while (copy != null && output.position() < length) {
                piece.clear().limit((int) Math.min(piece.capacity(), length - output.position()));
                copy.read(output.position(), piece);
                output.write(piece.array(), 0, piece.position());
            }
            output.commit();
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
        send(replacing(before.path(), before.replicas()), copy, length);
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
