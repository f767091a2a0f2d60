package io.swarmgrid.storage.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every outer store does. */
public abstract class OuterStoreContract {
    private static final int LARGE = 3_000_017;

    /** The store, of which the one directory is empty at first. */
    protected abstract OuterStore store();

    /** Writes a file as others do, with the directories above it. */
    protected abstract void write(String path, byte[] bytes) throws IOException;

    /** Makes an empty directory; false where the store knows none. */
    protected abstract boolean makeDirectory(String path) throws IOException;

    protected abstract void remove(String path) throws IOException;

    @Test
    void findsItsRoot() throws IOException {
        write("a", bytes("1"));
        OuterEntry root = store().find("").orElseThrow();
        assertThat(root.directory()).isTrue();
        assertThat(root.name()).isEmpty();
    }

    @Test
    void findsFilesAndDirectories() throws IOException {
        write("sets/train/part one.parquet", bytes("12345"));
        OuterEntry file = store().find("sets/train/part one.parquet").orElseThrow();
        assertThat(file.directory()).isFalse();
        assertThat(file.name()).isEqualTo("part one.parquet");
        assertThat(file.sizeBytes()).isEqualTo(5);
        assertThat(file.modifiedNanos()).isPositive();
        assertThat(store().find("sets/train").orElseThrow())
                .returns(true, OuterEntry::directory)
                .returns("train", OuterEntry::name)
                .returns(0L, OuterEntry::sizeBytes);
    }

    @Test
    void findsNothingWhereNothingIs() throws IOException {
        write("a", bytes("1"));
        assertThat(store().find("b")).isEmpty();
        assertThat(store().find("b/c")).isEmpty();
        assertThat(store().find("a/c")).isEmpty();
    }

    @Test
    void listsWhatIsInADirectoryAndNotWhatIsBelow() throws IOException {
        write("d/b", bytes("22"));
        write("d/ä ü", bytes("333"));
        write("d/e/f", bytes("4444"));
        write("other", bytes("1"));
        List<OuterEntry> entries = list("d");
        assertThat(entries).extracting(OuterEntry::name).containsExactlyInAnyOrder("b", "ä ü", "e");
        assertThat(entries)
                .filteredOn(entry -> entry.name().equals("b"))
                .singleElement()
                .returns(2L, OuterEntry::sizeBytes)
                .returns(store().find("d/b").orElseThrow().version(), OuterEntry::version);
        assertThat(list("")).extracting(OuterEntry::name).containsExactlyInAnyOrder("d", "other");
    }

    @Test
    void listsAnEmptyDirectory() throws IOException {
        if (makeDirectory("empty")) {
            assertThat(list("empty")).isEmpty();
        }
    }

    @Test
    void refusesToListWhatIsNoDirectory() throws IOException {
        write("a", bytes("1"));
        assertThat(code(() -> list("none"))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> list("a"))).isEqualTo(ErrorCode.NOT_A_DIRECTORY);
    }

    @Test
    void readsAnyRange() throws IOException {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        System.out.println(getClass().getSimpleName() + ": replay with -Dswarm.test.seed=" + seed);
        Random random = new Random(seed);
        byte[] content = new byte[LARGE];
        random.nextBytes(content);
        write("large", content);
        OuterEntry version = store().find("large").orElseThrow();
        try (OuterBytes file = store().open("large", version)) {
            for (int i = 0; i < 20; i++) {
                int from = random.nextInt(LARGE);
                int length = random.nextInt(LARGE - from + 1);
                assertThat(read(file, from, length))
                        .isEqualTo(java.util.Arrays.copyOfRange(content, from, from + length));
            }
            assertThat(read(file, 0, LARGE)).isEqualTo(content);
        }
    }

    @Test
    void readsAnEmptyFile() throws IOException {
        write("empty file", bytes(""));
        OuterEntry version = store().find("empty file").orElseThrow();
        assertThat(version.sizeBytes()).isZero();
        try (OuterBytes file = store().open("empty file", version)) {
            assertThat(read(file, 0, 0)).isEmpty();
        }
    }

    @Test
    void refusesToOpenAVersionThatIsNoMore() throws IOException {
        write("a", bytes("before"));
        OuterEntry before = store().find("a").orElseThrow();
        write("a", bytes("afterwards"));
        assertThat(store().find("a").orElseThrow().isVersionOf(before)).isFalse();
        assertThat(code(() -> store().open("a", before))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    }

    @Test
    void refusesToOpenWhatIsGoneOrIsADirectory() throws IOException {
        write("d/a", bytes("1"));
        OuterEntry file = store().find("d/a").orElseThrow();
        assertThat(code(() -> store().open("d", file))).isEqualTo(ErrorCode.IS_A_DIRECTORY);
        remove("d/a");
        assertThat(code(() -> store().open("d/a", file))).isEqualTo(ErrorCode.NOT_FOUND);
    }

    @Test
    void noticesThatAFileWasChangedWhileItIsRead() throws IOException {
        write("a", new byte[100]);
        OuterEntry version = store().find("a").orElseThrow();
        try (OuterBytes file = store().open("a", version)) {
            assertThat(read(file, 0, 10)).hasSize(10);
            write("a", new byte[200]);
            assertThat(code(() -> read(file, 10, 10))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        }
    }

    @Test
    void noticesThatAFileWasCutWhileItIsRead() throws IOException {
        write("a", new byte[100]);
        OuterEntry version = store().find("a").orElseThrow();
        try (OuterBytes file = store().open("a", version)) {
            write("a", new byte[5]);
            assertThat(code(() -> read(file, 50, 50))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
        }
    }

    @Test
    void noticesThatAFileVanishedWhileItIsRead() throws IOException {
        write("a", new byte[100]);
        OuterEntry version = store().find("a").orElseThrow();
        try (OuterBytes file = store().open("a", version)) {
            remove("a");
            assertThat(code(() -> read(file, 0, 10))).isEqualTo(ErrorCode.NOT_FOUND);
        }
    }

    protected final List<OuterEntry> list(String path) {
        List<OuterEntry> entries = new ArrayList<>();
        store().list(path, entries::add);
        return entries;
    }

    protected static byte[] read(OuterBytes file, long from, int length) {
        ByteBuf target = Unpooled.buffer(length);
        file.read(target, from, length);
        byte[] bytes = new byte[target.readableBytes()];
        target.readBytes(bytes);
        return bytes;
    }

    protected static ErrorCode code(ThrowingCallable call) {
        GridException error = catchThrowableOfType(GridException.class, call);
        assertThat(error).as("an error").isNotNull();
        return error.code();
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
