package io.swarmgrid.storage.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.storage.outer.DirectoryContract;
import io.swarmgrid.storage.outer.OuterStore;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On Hadoop's own {@code file:}; HDFS has the same contract in the integration tests. */
final class HadoopStoreTest extends DirectoryContract {
    private HadoopStore store = HadoopStore.open(URI.create("file:///"), null);

    @BeforeEach
    void open() throws IOException {
        store.close();
        makeRoot();
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

    /** As some file systems are: a file takes the place of no other. */
    public static final class NeverReplacing extends RawLocalFileSystem {
        @Override
        public URI getUri() {
            return URI.create("never:///");
        }

        @Override
        public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to) throws IOException {
            return !exists(to) && super.rename(from, to);
        }
    }

    @Test
    void losesNoFileThatItCannotReplaceAtOnce() throws IOException {
        String settings = """
                <configuration>
                  <property><name>fs.never.impl</name><value>%s</value></property>
                </configuration>
                """.formatted(NeverReplacing.class.getName());
        Files.writeString(folder.resolve("core-site.xml"), settings, StandardCharsets.UTF_8);
        write("from", bytes("new"));
        write("to", bytes("old"));
        try (HadoopStore never = HadoopStore.open(URI.create("never://" + root), folder)) {
            assertThat(code(() -> never.rename("from", "to", true))).isEqualTo(ErrorCode.UNSUPPORTED);
            assertThat(root.resolve("from")).hasContent("new");
            assertThat(root.resolve("to")).hasContent("old");
            never.rename("from", "elsewhere", true);
            assertThat(root.resolve("elsewhere")).hasContent("new");
        }
    }

    @Test
    void saysThatAStoreCannotBeReached() {
        // Port 1 of loopback answers nobody.
        try (HadoopStore gone = HadoopStore.open(URI.create("hdfs://127.0.0.1:1/data"), null)) {
            assertThat(code(() -> gone.find("a"))).isEqualTo(ErrorCode.UNAVAILABLE);
        }
    }
}
