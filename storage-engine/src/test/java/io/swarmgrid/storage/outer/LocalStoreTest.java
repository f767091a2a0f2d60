package io.swarmgrid.storage.outer;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LocalStoreTest extends DirectoryContract {
    private LocalStore store = new LocalStore("", Path.of("replaced"));

    @BeforeEach
    void open() throws IOException {
        makeRoot();
        store = new LocalStore("file://" + root, root);
    }

    @Override
    protected OuterStore store() {
        return store;
    }

    @Test
    void followsLinksThatStayInside() throws IOException {
        write("d/a", bytes("123"));
        Files.createSymbolicLink(root.resolve("to-d"), Path.of("d"));
        assertThat(list("")).extracting(OuterEntry::name).containsExactlyInAnyOrder("d", "to-d");
        OuterEntry file = store.find("to-d/a").orElseThrow();
        try (OuterBytes opened = store.open("to-d/a", file)) {
            assertThat(read(opened, 0, 3)).isEqualTo(bytes("123"));
        }
    }

    @Test
    void followsNoLinkThatLeadsOut() throws IOException {
        Path secret = Files.write(folder.resolve("secret"), bytes("key"));
        Files.createSymbolicLink(root.resolve("out"), secret);
        Files.createSymbolicLink(root.resolve("up"), folder);
        write("a", bytes("123"));
        assertThat(store.find("out")).isEmpty();
        assertThat(store.find("up/secret")).isEmpty();
        assertThat(store.find("../secret")).isEmpty();
        assertThat(list("")).extracting(OuterEntry::name).containsExactly("a");
        OuterEntry any = store.find("a").orElseThrow();
        assertThat(code(() -> store.open("out", any))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void doesNotShowWhatCannotBeRead() throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", root.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        write("a", bytes("1"));
        assertThat(store.find("pipe")).isEmpty();
        assertThat(list("")).extracting(OuterEntry::name).containsExactly("a");
    }

    @Test
    void tellsVersionsApartWhoseTimeWasSetBack() throws IOException {
        write("a", bytes("before"));
        OuterEntry before = store.find("a").orElseThrow();
        FileTime time = Files.getLastModifiedTime(root.resolve("a"));
        Path other = Files.write(root.resolve("b"), bytes("after!"));
        Files.setLastModifiedTime(other, time);
        Files.move(other, root.resolve("a"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        OuterEntry after = store.find("a").orElseThrow();
        assertThat(after.sizeBytes()).isEqualTo(before.sizeBytes());
        assertThat(after.modifiedNanos()).isEqualTo(before.modifiedNanos());
        assertThat(after.isVersionOf(before)).isFalse();
    }
}
