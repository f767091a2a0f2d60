package io.swarmgrid.storage.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.OuterConfig;
import io.swarmgrid.config.SwarmConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OuterStoresTest {
    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    private static OuterConfig allowing(String... uris) {
        return SwarmConfig.defaults()
                .with(Map.of("storage.outer.allowed", String.join(",", uris)))
                .storage()
                .outer();
    }

    private static GridException refusal(OuterConfig config, String uri) {
        try (OuterStores stores = new OuterStores(config)) {
            return catchThrowableOfType(GridException.class, () -> stores.store(uri));
        }
    }

    @Test
    void opensWhatIsAllowedAndEachOnce() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.createDirectory(data.resolve("x"));
        try (OuterStores stores = new OuterStores(allowing("file://" + data))) {
            SteadyStore store = stores.store("file:" + data + "//x/");
            assertThat(store.uri()).isEqualTo("file://" + data + "/x");
            assertThat(stores.store("FILE://" + data + "/x")).isSameAs(store);
            assertThat(store.<Boolean>ask(each -> each.find("").isPresent())).isTrue();
        }
    }

    @Test
    void readsNothingThatIsNotAllowed() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.createDirectory(folder.resolve("database"));
        OuterConfig config = allowing("file://" + data);
        for (String uri : List.of("file:///", "file://" + folder, "file://" + folder + "/database", "s3a://data/x")) {
            assertThat(refusal(config, uri).code()).as(uri).isEqualTo(ErrorCode.PERMISSION_DENIED);
        }
        assertThat(refusal(allowing(), "file://" + data).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    }

    @Test
    void isNotLedOutByALink() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Path secret = Files.createDirectory(folder.resolve("secret"));
        Files.createSymbolicLink(data.resolve("out"), secret);
        GridException error = refusal(allowing("file://" + data), "file://" + data + "/out");
        assertThat(error.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
        assertThat(error).hasMessageContaining(secret.toRealPath().toString());
    }

    @Test
    void refusesBadAddressesAndShowsNoKeys() {
        OuterConfig config = allowing("file:///");
        for (String uri : List.of("", "data", "/data", "file:data", "file:///a/../b", "file://host/a", "s3a://b?x=1")) {
            assertThat(refusal(config, uri).code()).as(uri).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
        GridException error = refusal(config, "s3a://key:verysecret@bucket/x");
        assertThat(error.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        assertThat(error.getMessage()).doesNotContain("verysecret");
    }

    @Test
    void saysThatADirectoryIsNotThere() {
        GridException error = refusal(allowing("file:///"), "file://" + folder + "/none");
        assertThat(error.code()).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(error).hasMessageContaining("none");
    }

    @Test
    void saysThatASchemeIsNotKnown() {
        GridException error = refusal(allowing("odd://host"), "odd://host/x");
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(error.hint()).contains("jar");
    }
}
