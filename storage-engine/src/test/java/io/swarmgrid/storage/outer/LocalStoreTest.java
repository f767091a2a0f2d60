package io.swarmgrid.storage.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LocalStoreTest extends DirectoryContract {
    private static final int RACES = 500;

    private LocalStore store = new LocalStore("", Path.of("replaced"));
    private Instant now = Instant.now();

    @BeforeEach
    void open() throws IOException {
        makeRoot();
        store = new LocalStore("file://" + root, root, () -> now);
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
    void writesNothingOutOfItsRoot() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.write(outside.resolve("secret"), bytes("key"));
        Files.createSymbolicLink(root.resolve("up"), outside);
        Files.createSymbolicLink(root.resolve("out"), outside.resolve("secret"));
        assertThat(code(() -> store.create("up/new", false))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> store.makeDirectory("up/new"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> store.remove("up/secret", false))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> store.remove("../outside", true))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> store.remove("..", true))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> store.remove("", true))).isEqualTo(ErrorCode.NOT_FOUND);
        write("a", bytes("1"));
        assertThat(code(() -> store.rename("a", "up/a", false))).isEqualTo(ErrorCode.NOT_FOUND);
        try (OuterWriter file = store.create("out", true)) {
            file.write(io.netty.buffer.Unpooled.wrappedBuffer(bytes("new")));
            file.commit();
        }
        assertThat(store.remove("up", true)).isTrue();
        assertThat(outside.toFile().list()).containsExactly("secret");
        assertThat(outside.resolve("secret")).hasContent("key");
        assertThat(root.resolve("out")).hasContent("new").isRegularFile();
    }

    @Test
    void removesWhatOthersLeftWhenTheyDiedWritingAndShowsNoneOfIt() throws IOException {
        Path old = Files.write(root.resolve(TemporaryName.random()), bytes("1"));
        Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000));
        Path fresh = Files.write(root.resolve(TemporaryName.random()), bytes("1"));
        assertThat(list("")).isEmpty();
        store.create("a", false).close();
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
        assertThat(root.toFile().list()).containsExactly(fresh.getFileName().toString());
    }

    @Test
    void saysThatThereIsNoRoom() throws IOException {
        IOException full;
        try (FileChannel device = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            full = catchThrowableOfType(IOException.class, () -> device.write(ByteBuffer.wrap(new byte[1])));
        }
        assertThat(LocalStore.failed("a", full).code()).isEqualTo(ErrorCode.NO_SPACE);
    }

    @Test
    void aRenameLosesNoFileThatComesMeanwhile() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < RACES; i++) {
                write("from", bytes("mine"));
                CyclicBarrier both = new CyclicBarrier(2);
                Future<Boolean> made = other.submit(() -> {
                    both.await();
                    return isMade(root.resolve("to"));
                });
                both.await();
                boolean renamed = isRenamed();
                assertThat(made.get() && renamed).as("both, in race %d", i).isFalse();
                assertThat(root.resolve("to")).hasContent(renamed ? "mine" : "others'");
                Files.delete(root.resolve("to"));
            }
        } finally {
            other.shutdownNow();
        }
    }

    private boolean isRenamed() {
        try {
            store.rename("from", "to", false);
            return true;
        } catch (GridException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS);
            return false;
        }
    }

    private static boolean isMade(Path file) throws IOException {
        try {
            Path whole = Files.write(file.resolveSibling("others"), bytes("others'"));
            Files.createLink(file, whole);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @Test
    void looksAgainForWhatTheDeadHaveLeft() throws IOException {
        store.create("a", false).close();
        Path left = Files.write(root.resolve(TemporaryName.random()), bytes("1"));
        store.create("a", false).close();
        assertThat(left).as("somebody may be writing it").exists();
        now = now.plus(Duration.ofHours(25));
        store.create("a", false).close();
        assertThat(left).doesNotExist();
    }

    @Test
    void removesNothingFurtherOnceNobodyWaitsForIt() throws IOException {
        write("d/a", bytes("1"));
        write("d/e/b", bytes("1"));
        Thread.currentThread().interrupt();
        ErrorCode said = code(() -> store.remove("d", true));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(said).isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(root.resolve("d/a")).exists();
        assertThat(root.resolve("d/e/b")).exists();
        assertThat(store.remove("d", true)).as("asked again").isTrue();
        assertThat(root.resolve("d")).doesNotExist();
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
    void oneFileIsOneVersionOnAllMachines() throws IOException {
        write("a", bytes("1"));
        Map<String, Object> here = new HashMap<>(Files.readAttributes(root.resolve("a"), "unix:ino,ctime,dev"));
        Map<String, Object> elsewhere = new HashMap<>(here);
        elsewhere.put("dev", "another"); // which of NFS each kernel makes up for itself
        assertThat(LocalStore.tag(elsewhere)).isEqualTo(LocalStore.tag(here));
        assertThat(store.find("a").orElseThrow().tag()).isEqualTo(LocalStore.tag(elsewhere));
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
