package io.swarmgrid.node.bench;

import io.swarmgrid.storage.archive.HadoopProvider;
import io.swarmgrid.storage.outer.OuterStore;
import io.swarmgrid.storage.outer.OuterStoreContract;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What an outer store promises, asked of HDFS: a namenode and a datanode of this machine. */
class HdfsStoreIT extends OuterStoreContract {
    private static @Nullable HdfsCluster hdfs;
    private static @Nullable FileSystem files;

    private URI root = URI.create("hdfs:///");
    private @Nullable OuterStore store;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Path classPaths = Path.of(Objects.requireNonNull(System.getProperty("swarm.class-paths"), "swarm.class-paths"));
        List<Path> jars = new ArrayList<>();
        for (String name : List.of("hadoop-3.5.0", "hdfs", "logging")) {
            try (Stream<Path> all = Files.list(classPaths.resolve(name))) {
                all.filter(jar -> jar.toString().endsWith(".jar")).forEach(jars::add);
            }
        }
        hdfs = HdfsCluster.start(directory, 1, jars);
        files = FileSystem.newInstance(hdfs.uri(), new Configuration());
    }

    @AfterAll
    static void stop() throws IOException {
        if (files != null) {
            files.close();
        }
        if (hdfs != null) {
            hdfs.close();
        }
    }

    @BeforeEach
    void open(TestInfo test) throws IOException {
        String name = "/a set/" + test.getTestMethod().orElseThrow().getName();
        files().mkdirs(new org.apache.hadoop.fs.Path(name));
        root = new org.apache.hadoop.fs.Path(files().getUri().toString(), name).toUri();
        store = new HadoopProvider().open(root, null);
    }

    @AfterEach
    void close() {
        store().close();
    }

    private static FileSystem files() {
        return Objects.requireNonNull(files, "started");
    }

    private org.apache.hadoop.fs.Path at(String path) {
        return new org.apache.hadoop.fs.Path(new org.apache.hadoop.fs.Path(root), path);
    }

    @Override
    protected OuterStore store() {
        return Objects.requireNonNull(store, "opened");
    }

    @Override
    protected void write(String path, byte[] bytes) throws IOException {
        try (OutputStream out = files().create(at(path), true)) {
            out.write(bytes);
        }
    }

    @Override
    protected boolean makeDirectory(String path) throws IOException {
        return files().mkdirs(at(path));
    }

    @Override
    protected void remove(String path) throws IOException {
        files().delete(at(path), false);
    }
}
