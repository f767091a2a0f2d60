package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.storage.archive.HadoopProvider;
import io.swarmgrid.storage.outer.OuterBytes;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterStore;
import io.swarmgrid.storage.outer.OuterStoreContract;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What an outer store promises, asked of a bucket, and how little that asks of S3. */
class S3StoreIT extends OuterStoreContract {
    private static @Nullable S3Server server;
    private static @Nullable URLClassLoader jars;

    private String prefix = "";
    private @Nullable OuterStore store;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        server = S3Server.start(directory, "S3StoreIT");
        List<URL> urls = new ArrayList<>();
        for (Path jar : S3Server.jars()) {
            urls.add(jar.toUri().toURL());
        }
        jars = new URLClassLoader(urls.toArray(URL[]::new), S3StoreIT.class.getClassLoader());
    }

    @AfterAll
    static void stop() throws IOException {
        if (jars != null) {
            jars.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void open(TestInfo test) {
        prefix = test.getTestMethod().orElseThrow().getName() + "/a set";
        store = opened("s3a://" + S3Server.BUCKET + "/" + prefix.replace(" ", "%20"));
    }

    @AfterEach
    void close() {
        store().close();
    }

    /** With S3A's jars, which are found by the thread as Hadoop finds all that its configuration names. */
    private static OuterStore opened(String uri) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(jars);
        try {
            return new HadoopProvider().open(URI.create(uri), server().settings());
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static S3Server server() {
        return Objects.requireNonNull(server, "started");
    }

    @Override
    protected OuterStore store() {
        return Objects.requireNonNull(store, "opened");
    }

    @Override
    protected void write(String path, byte[] bytes) throws IOException {
        try {
            server().put(prefix + "/" + path, bytes);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while writing " + path);
        }
    }

    /** As Hadoop marks one, and the consoles of clouds. */
    @Override
    protected boolean makeDirectory(String path) throws IOException {
        write(path + "/", new byte[0]);
        return true;
    }

    @Override
    protected void remove(String path) throws IOException {
        try {
            server().delete(prefix + "/" + path);
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted while removing " + path);
        }
    }

    /** It would copy what it gives another name. */
    @Override
    protected boolean renames() {
        return false;
    }

    @Test
    void eachReadIsOneRequestForExactlyItsBytes() throws IOException {
        write("large", new byte[3_000_000]);
        OuterEntry version = store().find("large").orElseThrow();
        String key = prefix + "/large";
        int looks = server().requests("HEAD", key).size();
        try (OuterBytes file = store().open("large", version)) {
            read(file, 1_000_000, 64 << 10);
            read(file, 2_000_000, 1_000_000);
        }
        assertThat(server().requests("GET", key))
                .extracting(S3Server.Request::range)
                .containsExactly("bytes=1000000-1065535", "bytes=2000000-2999999");
        assertThat(server().requests("GET", key).stream()
                        .mapToLong(S3Server.Request::bytes)
                        .sum())
                .isEqualTo(1_065_536);
        assertThat(server().requests("HEAD", key))
                .as("S3 itself gives bytes of no other version than the one that was found")
                .hasSize(looks);
    }

    @Test
    void anotherStoreThatHasNotLookedAtAFileReadsOneVersionOfIt() throws IOException {
        write("a", bytes("before"));
        OuterEntry version = store().find("a").orElseThrow();
        try (OuterStore other = opened("s3a://" + S3Server.BUCKET + "/" + prefix.replace(" ", "%20"));
                OuterBytes file = other.open("a", version)) {
            assertThat(read(file, 0, 6)).isEqualTo(bytes("before"));
            write("a", bytes("behind"));
            assertThat(code(() -> read(file, 0, 6))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            try (OuterBytes again = other.open("a", version)) {
                assertThat(code(() -> read(again, 0, 6))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            }
        }
    }

    @Test
    void aBucketThatIsNotThereIsNotFound() {
        try (OuterStore none = opened("s3a://no-such-bucket/sets")) {
            assertThat(none.find("")).isEmpty();
        }
    }
}
