package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Rename;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeMode;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.fs.permission.FsPermission;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * The safe mode as one client sets it.
 *
 * @param other a file system of the same grid through another node
 */
record SafeModeOfFiles(FileSystem files, FileSystem other, GridClient client) {
    private static final Path KEPT = new Path("/safe/kept");
    private static final Path WRITTEN = new Path("/safe/written");
    private static final Rename RENAME = new Rename("/safe/a", "/safe/b", null, "renamed-before-the-safe-mode");

    void keepsNamesAndFilesAsTheyAre() throws Exception {
        write(KEPT, "kept");
        write(new Path("/safe/a"), "a");
        SafeMode mode = (SafeMode) files;
        try (FSDataOutputStream out = files.create(WRITTEN)) {
            out.writeBytes("flushed");
            out.hflush();
            client.action("fs.rename", RENAME, FileStatus.class);

            assertThat(mode.setSafeMode(SafeModeAction.ENTER)).isTrue();

            isSeenByOthers();
            out.writeBytes(", and not");
            refused(out::hflush);
            assertThat(client.action("fs.rename", RENAME, FileStatus.class).path())
                    .as("what was done before is told as done")
                    .isEqualTo("/safe/b");
            assertThat(files.listStatus(KEPT.getParent()))
                    .extracting(entry -> entry.getPath().getName())
                    .containsExactly("b", "kept", "written");
        } finally {
            assertThat(mode.setSafeMode(SafeModeAction.LEAVE)).isFalse();
        }
        assertThat(((LeaseRecoverable) files).recoverLease(WRITTEN)).isTrue();
        assertThat(read(WRITTEN)).as("what was flushed, at least").startsWith("flushed");
        assertThat(files.delete(new Path("/safe"), true)).isTrue();
    }

    private void isSeenByOthers() throws IOException {
        assertThat(((SafeMode) other).setSafeMode(SafeModeAction.GET)).isTrue();
        assertThat(other.getFileStatus(KEPT).getLen()).isEqualTo(4);
        assertThat(read(KEPT)).isEqualTo("kept");
        refused(() -> other.create(new Path("/safe/new")).close());
        refused(() -> other.mkdirs(new Path("/safe/directory")));
        refused(() -> other.rename(KEPT, new Path("/safe/moved")));
        refused(() -> other.delete(KEPT, false));
        refused(() -> other.append(KEPT).close());
        refused(() -> other.truncate(KEPT, 1));
        refused(() -> other.setPermission(KEPT, new FsPermission((short) 0600)));
        refused(() -> other.setReplication(KEPT, (short) 3));
    }

    private static void refused(ThrowingCallable change) {
        assertThatThrownBy(change)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the grid is in safe mode and takes no change of names or files")
                .hasMessageContaining("swarm grid safe-mode leave");
    }

    private void write(Path path, String text) throws IOException {
        try (FSDataOutputStream out = files.create(path)) {
            out.writeBytes(text);
        }
    }

    private String read(Path path) throws IOException {
        try (FSDataInputStream in = files.open(path)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
