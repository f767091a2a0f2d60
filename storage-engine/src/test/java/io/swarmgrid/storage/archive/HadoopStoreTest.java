package io.swarmgrid.storage.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.storage.outer.OuterStore;
import io.swarmgrid.storage.outer.OuterStoreContract;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On Hadoop's own {@code file:}; HDFS has the same contract in the integration tests. */
final class HadoopStoreTest extends OuterStoreContract {
    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    private Path root = folder;
    private HadoopStore store = HadoopStore.open(URI.create("file:///"), null);

    @BeforeEach
    void open() throws IOException {
        store.close();
        root = Files.createDirectory(folder.resolve("root"));
        store = HadoopStore.open(root.toUri(), null);
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    protected OuterStore store() {
        return store;
    }

    @Override
    protected void write(String path, byte[] bytes) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    @Override
    protected boolean makeDirectory(String path) throws IOException {
        Files.createDirectories(root.resolve(path));
        return true;
    }

    @Override
    protected void remove(String path) throws IOException {
        Files.delete(root.resolve(path));
    }

    @Test
    void takesSettingsFromAFileOrADirectory() throws IOException {
        String settings = """
                <configuration>
                  <property><name>fs.defaultFS</name><value>file:///</value></property>
                  <property><name>fs.odd.impl</name><value>org.apache.hadoop.fs.RawLocalFileSystem</value></property>
                </configuration>
                """;
        Files.writeString(folder.resolve("core-site.xml"), settings, StandardCharsets.UTF_8);
        URI odd = URI.create("odd:///");
        assertThat(code(() -> HadoopStore.open(odd, null))).isEqualTo(ErrorCode.UNSUPPORTED);
        HadoopStore.open(odd, folder).close();
        HadoopStore.open(odd, folder.resolve("core-site.xml")).close();
    }

    @Test
    void saysThatAStoreCannotBeReached() {
        // Port 1 of loopback answers nobody.
        try (HadoopStore gone = HadoopStore.open(URI.create("hdfs://127.0.0.1:1/data"), null)) {
            assertThat(code(() -> gone.find("a"))).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }
}
