package io.swarmgrid.mount.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Node;
import io.swarmgrid.mount.tree.Tree;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of a file needs no grid: there is none, so whatever asked one would be told that it is UNAVAILABLE. */
class ContentTest {
    private static final long LIMIT_BYTES = 1 << 20;
    private static final int LENGTH = 10;

    private final GridClient nowhere = GridClient.connect(List.of("127.0.0.1:1"), ClientOptions.DEFAULT);
    private final Tree tree = new Tree(entry("/", EntryKind.DIRECTORY, 1, 0));
    private final ReadAhead ahead = new ReadAhead();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        ahead.close();
        nowhere.close();
    }

    @Test
    void takesNoTailForTheWhole() {
        SpoolSpace space = new SpoolSpace(directory, LIMIT_BYTES);
        GridFile file = file(LENGTH);
        Content content = new Content(file, space, ahead, node(LENGTH), System.nanoTime());
        file.status(entry("/f", EntryKind.FILE, 2, LENGTH / 2));

        refuses(Errno.EIO, () -> content.write(LENGTH, ByteBuffer.allocate(1)));
        refuses(Errno.EIO, () -> content.truncate(LENGTH + 1));
        content.close();
    }

    @Test
    void doesNothingMoreOnceItIsClosed() {
        SpoolSpace space = new SpoolSpace(directory, LIMIT_BYTES);
        GridFile file = file(0);
        Content content = new Content(file, space, ahead, node(0), System.nanoTime());
        content.write(0, ByteBuffer.allocate(LENGTH));
        assertThat(content.shown().sizeBytes()).isEqualTo(LENGTH);
        assertThat(content.isOwed()).isTrue();
        content.close();
        content.close();

        refuses(Errno.EBADF, () -> content.write(0, ByteBuffer.allocate(1)));
        refuses(Errno.EBADF, () -> content.read(0, ByteBuffer.allocate(1)));
        refuses(Errno.EBADF, () -> content.truncate(0));
        refuses(Errno.EBADF, () -> content.flush(true));
        refuses(Errno.EBADF, content::sync);
        content.beforeRemoval();
        content.removed();
        assertThat(content.modifiedAt(1)).isFalse();
        assertThat(content.shownIfWritten()).isNull();
        assertThat(content.isOwed()).isFalse();
        assertThat(space.takenBytes()).isZero();
    }

    @Test
    void believesNothingOlderThanWhatItWasTold() {
        SpoolSpace space = new SpoolSpace(directory, LIMIT_BYTES);
        long askedNanos = System.nanoTime();
        Content content = new Content(file(LENGTH), space, ahead, node(LENGTH), askedNanos);
        FileStatus newer = entry("/f", EntryKind.FILE, 2, 2 * LENGTH);
        FileStatus older = entry("/f", EntryKind.FILE, 2, 1);
        assertThat(content.refreshed(newer, askedNanos + 2)).isEqualTo(newer);

        assertThat(content.refreshed(older, askedNanos + 1).sizeBytes()).isEqualTo(2 * LENGTH);

        assertThat(content.shown().sizeBytes()).isEqualTo(2 * LENGTH);
        FileStatus other = entry("/f", EntryKind.FILE, 3, 1);
        assertThat(content.refreshed(other, askedNanos + 3).id())
                .as("is not this file")
                .isEqualTo(2);
        content.close();
    }

    private static void refuses(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    private GridFile file(long sizeBytes) {
        return new GridFile(new Grid(nowhere), tree, node(sizeBytes), entry("/f", EntryKind.FILE, 2, sizeBytes));
    }

    private Node node(long sizeBytes) {
        Node root = tree.node(1);
        return tree.enter(root, "f", entry("/f", EntryKind.FILE, 2, sizeBytes), System.nanoTime());
    }

    private static FileStatus entry(String path, EntryKind kind, long id, long sizeBytes) {
        return new FileStatus(path, kind, id, sizeBytes, 1, 0, 0, "ann", 1, null, null);
    }
}
