package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.tools.DistCp;
import org.apache.hadoop.util.ToolRunner;

/** Hadoop's own programs, on a grid that is the default file system of a configuration. */
final class HadoopTools {
    private static final int LARGE_BYTES = 20_000_000;

    private final Configuration configuration;
    private final FileSystem files;

    HadoopTools(Configuration configuration, FileSystem files) {
        this.configuration = configuration;
        this.files = files;
    }

    void useCommands(java.nio.file.Path scratch) throws Exception {
        Shell shell = new Shell(configuration);
        String local =
                Files.writeString(scratch.resolve("local"), "hello, grid\n").toString();
        shell.run("-mkdir -p /shell/deep");
        shell.run("-put " + local + " /shell/deep/f");
        assertThat(shell.run("-cat /shell/deep/f")).isEqualTo("hello, grid\n");
        assertThat(shell.run("-tail /shell/deep/f")).isEqualTo("hello, grid\n");
        assertThat(shell.run("-ls -R /shell")).contains("/shell/deep/f").contains(" 12 ");
        shell.run("-mv /shell/deep/f /shell/g");
        shell.run("-cp /shell/g /shell/h");
        shell.run("-test -f /shell/g");
        shell.fails("-test -d /shell/g");
        shell.fails("-test -e /shell/deep/f");
        assertThat(shell.run("-du /shell")).contains("12").contains("/shell/g");
        assertThat(shell.run("-count -q /shell")).matches("\\s*none +inf +none +inf +2 +2 +24 /shell\\s*");
        assertThat(shell.run("-checksum /shell/g")).matches("/shell/g\tCOMPOSITE-CRC32C\t[0-9a-f]{8}\n");
        shell.run("-setfattr -n user.k -v v /shell/g");
        assertThat(shell.run("-getfattr -d /shell/g")).contains("user.k=\"v\"");
        shell.run("-chmod -R u+x,o-r /shell");
        keepsWhatIsTheUsersOwn(shell, scratch.resolve("kept"));
        shell.run("-chown alice:vision /shell/g");
        assertThat(shell.run("-stat %A|%u|%g /shell/g")).isEqualTo("rwxr-----|alice|vision\n");
        shell.run("-setrep -w 3 /shell/g");
        shell.run("-appendToFile " + local + " /shell/g");
        assertThat(shell.run("-cat /shell/g")).isEqualTo("hello, grid\nhello, grid\n");
        shell.run("-truncate -w 5 /shell/g");
        shell.run("-get /shell/g " + scratch.resolve("back"));
        assertThat(scratch.resolve("back")).hasContent("hello");
        shell.run("-getmerge /shell " + scratch.resolve("merged"));
        assertThat(scratch.resolve("merged")).hasContent("hellohello, grid\n");
        assertThat(shell.run("-df /")).contains("swarm://three");
        shell.run("-rm -r -skipTrash /shell");
        assertThat(files.exists(new Path("/shell"))).isFalse();
        shell.fails("-ls /shell");
    }

    /** {@code -p} gives the local file to whom the grid's belongs to, who has to be known here. */
    private void keepsWhatIsTheUsersOwn(Shell shell, java.nio.file.Path kept) throws Exception {
        FileStatus status = files.getFileStatus(new Path("/shell/h"));
        shell.run("-get -p /shell/h " + kept);
        assertThat(Files.getOwner(kept).getName()).isEqualTo(status.getOwner());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
                .isEqualTo("rwxr-----");
        assertThat(Files.getLastModifiedTime(kept).toMillis()).isEqualTo(status.getModificationTime());
    }

    void useTrash() throws Exception {
        Configuration trashing = new Configuration(configuration);
        trashing.set("fs.trash.interval", "60");
        Shell shell = new Shell(trashing);
        files.create(new Path("/trashed/f")).close();
        shell.run("-rm /trashed/f");
        assertThat(files.exists(new Path("/trashed/f"))).isFalse();
        Path trash = files.getTrashRoot(new Path("/trashed"));
        assertThat(files.exists(new Path(trash, "Current/trashed/f"))).isTrue();
        shell.run("-expunge -immediate");
        assertThat(files.listStatus(trash)).isEmpty();
    }

    void copy(java.nio.file.Path scratch) throws Exception {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(5).nextBytes(bytes);
        java.nio.file.Path tree = scratch.resolve("tree");
        Files.createDirectories(tree.resolve("sub"));
        Files.write(tree.resolve("sub/large"), bytes);
        Files.writeString(tree.resolve("small"), "small");
        long before = written();

        distCp(scratch, tree.toUri().toString(), "swarm://three/copied");

        assertThat(written() - before).isEqualTo(LARGE_BYTES + 5);
        assertThat(files.getFileStatus(new Path("/copied/small")).getLen()).isEqualTo(5);
        copyByChecksum(scratch);
        java.nio.file.Path back = scratch.resolve("back");
        distCp(scratch, "swarm://three/copied", back.toUri().toString());
        assertThat(Files.readAllBytes(back.resolve("sub/large"))).isEqualTo(bytes);
        assertThat(back.resolve("small")).hasContent("small");
    }

    /** Of two files of one length, only the one with other bytes is copied again. */
    private void copyByChecksum(java.nio.file.Path scratch) throws Exception {
        distCp(scratch, "swarm://three/copied", "swarm://three/again");
        try (FSDataOutputStream out = files.create(new Path("/again/small"))) {
            out.writeBytes("other");
        }
        long before = written();

        distCp(scratch, "-update", "swarm://three/copied", "swarm://three/again");

        assertThat(written() - before).isEqualTo(5);
        assertThat(files.getFileChecksum(new Path("/again/small")))
                .isEqualTo(files.getFileChecksum(new Path("/copied/small")));
    }

    /** By all file systems of the grid in this process, as jobs tell it. */
    private static long written() {
        Long bytes = FileSystem.getGlobalStorageStatistics().get("swarm").getLong("bytesWritten");
        return bytes == null ? 0 : bytes;
    }

    private void distCp(java.nio.file.Path scratch, String... words) throws Exception {
        Configuration job = new Configuration(configuration);
        job.set("mapreduce.framework.name", "local");
        job.set("mapreduce.client.progressmonitor.pollinterval", "50");
        job.set("hadoop.tmp.dir", scratch.resolve("hadoop").toString());
        assertThat(ToolRunner.run(job, new DistCp(job, null), words)).isZero();
    }
}
