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
import org.junit.jupiter.api.Assumptions;
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
        assertThat(code(() -> openAndRead("a", before))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    }

    @Test
    void refusesToOpenWhatIsGoneOrIsADirectory() throws IOException {
        write("d/a", bytes("1"));
        OuterEntry file = store().find("d/a").orElseThrow();
        assertThat(code(() -> openAndRead("d", file))).isEqualTo(ErrorCode.IS_A_DIRECTORY);
        remove("d/a");
        assertThat(code(() -> openAndRead("d/a", file))).isEqualTo(ErrorCode.NOT_FOUND);
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

    /** Whether it can be written to at all. */
    protected boolean isWritable() {
        return true;
    }

    /** Whether entries can be given other paths. */
    protected boolean renames() {
        return isWritable();
    }

    private void write(String path, boolean overwrite, String... parts) {
        try (OuterWriter file = store().create(path, overwrite)) {
            for (String part : parts) {
                file.write(Unpooled.wrappedBuffer(bytes(part)));
            }
            file.commit();
        }
    }

    private String text(String path) {
        OuterEntry version = store().find(path).orElseThrow();
        try (OuterBytes file = store().open(path, version)) {
            return new String(read(file, 0, (int) version.sizeBytes()), StandardCharsets.UTF_8);
        }
    }

    @Test
    void writesAFileWithTheDirectoriesAboveIt() throws IOException {
        Assumptions.assumeTrue(isWritable());
        write("there", bytes("1"));
        write("new/ä b/c", false, "one ", "", "two");
        assertThat(text("new/ä b/c")).isEqualTo("one two");
        write("empty", false);
        assertThat(store().find("empty").orElseThrow().sizeBytes()).isZero();
        assertThat(list("")).extracting(OuterEntry::name).containsExactlyInAnyOrder("there", "new", "empty");
    }

    @Test
    void aFileIsSeenByNobodyBeforeItIsWhole() throws IOException {
        Assumptions.assumeTrue(isWritable());
        write("a", bytes("before"));
        try (OuterWriter file = store().create("a", true);
                OuterWriter other = store().create("b", false)) {
            file.write(Unpooled.wrappedBuffer(bytes("afterwards")));
            other.write(Unpooled.wrappedBuffer(new byte[100_000]));
            assertThat(text("a")).isEqualTo("before");
            assertThat(list("")).extracting(OuterEntry::name).containsExactly("a");
            file.commit();
        }
        assertThat(text("a")).isEqualTo("afterwards");
        assertThat(list("")).as("b was given up").extracting(OuterEntry::name).containsExactly("a");
    }

    @Test
    void replacesNothingUnlessItIsToldTo() throws IOException {
        Assumptions.assumeTrue(isWritable());
        write("a", bytes("before"));
        write("d/e", bytes("1"));
        assertThat(code(() -> write("a", false, "x"))).isEqualTo(ErrorCode.ALREADY_EXISTS);
        assertThat(code(() -> write("d", true, "x"))).isEqualTo(ErrorCode.IS_A_DIRECTORY);
        try (OuterWriter file = store().create("late", false)) {
            file.write(Unpooled.wrappedBuffer(bytes("mine")));
            write("late", bytes("others'"));
            assertThat(code(file::commit)).isEqualTo(ErrorCode.ALREADY_EXISTS);
        }
        assertThat(text("late")).isEqualTo("others'");
        assertThat(text("a")).isEqualTo("before");
        assertThat(list("")).extracting(OuterEntry::name).containsExactlyInAnyOrder("a", "d", "late");
    }

    @Test
    void makesDirectories() throws IOException {
        Assumptions.assumeTrue(isWritable());
        write("a", bytes("1"));
        store().makeDirectory("d/e");
        store().makeDirectory("d/e");
        assertThat(store().find("d/e").orElseThrow().directory()).isTrue();
        assertThat(code(() -> store().makeDirectory("a"))).isEqualTo(ErrorCode.ALREADY_EXISTS);
    }

    @Test
    void makesNothingBelowAFile() throws IOException {
        Assumptions.assumeTrue(isWritable());
        write("a", bytes("1"));
        for (String below : List.of("a/b", "a/b/c")) {
            assertThat(code(() -> store().makeDirectory(below))).as(below).isEqualTo(ErrorCode.NOT_A_DIRECTORY);
            assertThat(code(() -> write(below, false, "x"))).as(below).isEqualTo(ErrorCode.NOT_A_DIRECTORY);
            assertThat(code(() -> write(below, true, "x"))).as(below).isEqualTo(ErrorCode.NOT_A_DIRECTORY);
        }
        assertThat(text("a")).isEqualTo("1");
        assertThat(list("")).extracting(OuterEntry::name).containsExactly("a");
    }

    @Test
    void removesFilesAndDirectories() throws IOException {
        Assumptions.assumeTrue(isWritable());
        write("d/e/f", bytes("1"));
        write("d/g", bytes("1"));
        write("h", bytes("1"));
        assertThat(store().remove("none", false)).isFalse();
        assertThat(store().remove("none/none", true)).isFalse();
        assertThat(code(() -> store().remove("d", false))).isEqualTo(ErrorCode.DIRECTORY_NOT_EMPTY);
        assertThat(store().remove("d/g", false)).isTrue();
        assertThat(store().remove("d", true)).isTrue();
        assertThat(list("")).extracting(OuterEntry::name).containsExactly("h");
    }

    @Test
    void renamesFilesAndDirectories() throws IOException {
        Assumptions.assumeTrue(renames());
        write("d/e", bytes("1"));
        write("f", bytes("22"));
        write("g", bytes("333"));
        store().rename("d", "moved", false);
        assertThat(text("moved/e")).isEqualTo("1");
        assertThat(store().find("d")).isEmpty();
        assertThat(code(() -> store().rename("f", "g", false))).isEqualTo(ErrorCode.ALREADY_EXISTS);
        store().rename("f", "g", true);
        assertThat(text("g")).isEqualTo("22");
        assertThat(code(() -> store().rename("f", "h", false))).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(code(() -> store().rename("g", "moved", true))).isEqualTo(ErrorCode.ALREADY_EXISTS);
    }

    protected final List<OuterEntry> list(String path) {
        List<OuterEntry> entries = new ArrayList<>();
        store().list(path, entries::add);
        return entries;
    }

    private void openAndRead(String path, OuterEntry version) {
        try (OuterBytes file = store().open(path, version)) {
            read(file, 0, 1);
        }
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
