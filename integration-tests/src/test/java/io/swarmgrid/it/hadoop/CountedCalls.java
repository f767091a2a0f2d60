package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.hadoop.fs.BulkDelete;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StorageStatistics;
import org.apache.hadoop.fs.XAttrSetFlag;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.fs.statistics.IOStatisticsSupport;

/** What is counted of the calls that are made to a file system, to which none was made before. */
record CountedCalls(FileSystem files) {
    private static final Path HOME = new Path("/counted");

    void areCountedOnceHoweverManyQuestionsTheyTake() throws IOException {
        StorageStatistics counts = FileSystem.getGlobalStorageStatistics().get("swarm");
        long reads = counts.getLong("readOps");
        long writes = counts.getLong("writeOps");
        Path path = new Path(HOME, "deep/f");
        files.mkdirs(path.getParent(), new FsPermission((short) 0700));
        FileSystem.create(files, path, new FsPermission((short) 0600)).close();
        files.append(path).close();
        files.rename(path, new Path(HOME, "g"));
        files.delete(path.getParent(), true);
        // FileSystem.create sets the permission by a call of its own.
        assertThat(counts.getLong("writeOps") - writes).isEqualTo(6);
        files.open(new Path(HOME, "g")).close();
        files.listStatus(HOME);
        files.listLocatedStatus(HOME).next();
        files.getContentSummary(HOME);
        assertThat(counts.getLong("readOps") - reads).isEqualTo(4);
        files.delete(HOME, true);
    }

    void areToldByHadoopsNames() throws Exception {
        StorageStatistics ofAll = FileSystem.getGlobalStorageStatistics().get("SwarmOpsCountStatistics");
        long renames = ofAll.getLong("op_rename");
        write();
        read();

        Map<String, Long> counted =
                new TreeMap<>(Objects.requireNonNull(IOStatisticsSupport.retrieveIOStatistics(files))
                        .counters());
        counted.values().removeIf(count -> count == 0);

        Map<String, Long> made = new TreeMap<>();
        for (String once :
                ("append bulk-delete concat create_non_recursive get_content_summary get_file_block_locations"
                                + " get_file_checksum get_status list_located_status mkdirs open openfile remove_xattr rename"
                                + " set_owner set_permission set_replication set_times set_xattr truncate xattr_get_map"
                                + " xattr_get_named xattr_get_named_map xattr_list")
                        .split(" ", -1)) {
            made.put("op_" + once, 1L);
        }
        made.put("op_create", 2L);
        made.put("op_list_status", 2L); // whole, and page by page
        made.put("op_get_file_status", 3L); // exists asks for a status
        made.put("op_delete", 2L); // one of them by the bulk
        assertThat(counted).isEqualTo(made);
        assertThat(ofAll.getLong("op_rename") - renames).isOne();
    }

    private void write() throws IOException {
        Path path = new Path(HOME, "f");
        files.mkdirs(HOME);
        for (String name : List.of("f", "joined")) {
            try (FSDataOutputStream out = files.create(new Path(HOME, name))) {
                out.writeBytes("12345");
            }
        }
        files.createFile(new Path(HOME, "by-builder")).build().close();
        files.append(path).close();
        files.concat(path, new Path[] {new Path(HOME, "joined")});
        files.truncate(path, 7);
        files.setOwner(path, "alice", null);
        files.setPermission(path, new FsPermission((short) 0600));
        files.setTimes(path, 1_000_000_000_000L, -1);
        files.setReplication(path, (short) 3);
        files.setXAttr(path, "user.colour", new byte[] {1}, EnumSet.of(XAttrSetFlag.CREATE));
        files.getXAttr(path, "user.colour");
        files.getXAttrs(path);
        files.getXAttrs(path, List.of("user.colour"));
        files.listXAttrs(path);
        files.removeXAttr(path, "user.colour");
        files.rename(path, new Path(HOME, "moved"));
    }

    private void read() throws Exception {
        Path path = new Path(HOME, "moved");
        files.open(path).close();
        files.openFile(path).build().get().close();
        assertThat(files.exists(path)).isTrue();
        assertThat(files.exists(new Path(HOME, "none"))).isFalse();
        files.getFileBlockLocations(files.getFileStatus(path), 0, 1);
        files.getFileChecksum(path);
        files.getContentSummary(HOME);
        files.getStatus();
        files.listStatus(HOME);
        RemoteIterator<?> page = files.listStatusIterator(HOME);
        assertThat(page.hasNext()).isTrue();
        files.listLocatedStatus(HOME).next();
        try (BulkDelete removal = files.createBulkDelete(HOME)) {
            assertThat(removal.bulkDelete(List.of(files.makeQualified(path)))).isEmpty();
        }
        files.delete(HOME, true);
    }
}
