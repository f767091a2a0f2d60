package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.QuotaChange;
import io.swarmgrid.client.wire.QuotaListing;
import io.swarmgrid.client.wire.QuotaState;
import java.io.IOException;
import org.apache.hadoop.fs.ClusterStorageCapacityExceededException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.QuotaUsage;

/** Quotas as Hadoop's programs meet them. */
record QuotasOfFiles(FileSystem files, GridClient client) {
    private static final Path LIMITED = new Path("/limited");

    void areKept() throws IOException {
        areShownAndKept();
        areNotPassedByDirectories();
    }

    private void areShownAndKept() throws IOException {
        write("/limited/first", "12345");
        assertThat(files.getQuotaUsage(LIMITED).getQuota()).isEqualTo(-1);
        set("/limited", 1L << 30, 2L);
        write("/limited/second", "123");

        QuotaUsage usage = files.getQuotaUsage(LIMITED);
        assertThat(usage.getQuota()).isEqualTo(2);
        assertThat(usage.getSpaceQuota()).isEqualTo(1L << 30);
        assertThat(usage.getFileAndDirectoryCount()).isEqualTo(2);
        assertThat(usage.getSpaceConsumed()).isEqualTo(8);
        assertThat(files.getContentSummary(LIMITED).toString().split(" +"))
                .as("count -q: what is left is told without copies")
                .containsExactly("", "2", "0", "1073741824", "1073741816", "1", "2", "8");
        assertThatThrownBy(() -> write("/limited/third", ""))
                .isInstanceOf(ClusterStorageCapacityExceededException.class)
                .hasMessageContaining("quota of /limited: 2 entries, used 2, wanted 1 more");
    }

    /** A directory is moved across the boundary of a quota by what is said to whoever tries it: by copying it. */
    private void areNotPassedByDirectories() throws IOException {
        write("/from/tree/deep/f", "12345");
        files.mkdirs(new Path("/within"));
        set("/within", 1L << 20, 100L);
        Path tree = new Path("/from/tree");
        Path target = new Path("/within/tree");

        assertThatThrownBy(() -> files.rename(tree, target))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot move a directory from what counts for a quota to what does not")
                .hasMessageContaining("or copy it");
        assertThat(files.exists(new Path(tree, "deep/f"))).isTrue();
        assertThat(files.exists(target)).isFalse();
        assertThat(FileUtil.copy(files, tree, files, target, true, files.getConf()))
                .isTrue();
        assertThat(files.exists(tree)).isFalse();
        assertThat(files.getQuotaUsage(new Path("/within")).getFileAndDirectoryCount())
                .isEqualTo(3);
        assertThat(files.rename(new Path(target, "deep/f"), new Path("/from/f")))
                .as("files are moved")
                .isTrue();
        assertThat(files.getQuotaUsage(new Path("/within")).getSpaceConsumed()).isZero();
    }

    private void set(String path, long bytes, long entries) {
        QuotaChange change = new QuotaChange(path, bytes, entries);
        QuotaState state = null;
        while (state != QuotaState.ACTIVE) {
            QuotaListing now = client.action("fs.set_quota", change, QuotaListing.class);
            state = now.quotas().get(0).state();
        }
    }

    private void write(String path, String text) throws IOException {
        try (FSDataOutputStream out = files.create(new Path(path))) {
            out.writeBytes(text);
        }
    }
}
