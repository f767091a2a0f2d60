package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.BytesClient;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.file.OpenBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client on a node's machine writes into the block files itself, and the node checks and passes on what it finds there. */
class InPlaceTest {
    private static final int SENT = BytesMethods.CHUNK_BYTES;

    @TempDir
    private Path directory;

    /** The first megabyte is sent, and perhaps that of a later block which the node has not opened in time. */
    @ParameterizedTest
    @ValueSource(ints = {(11 << 20) + 333, 8 << 20, SENT + 1, SENT})
    void theRestOfEachBlockIsWrittenInPlace(int length) throws IOException {
        byte[] bytes = TestNodes.random(length);
        try (TestNodes grid = new TestNodes(directory, 3);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            int blocks = (length + TestNodes.BLOCK - 1) / TestNodes.BLOCK;
            assertThat(put(grid, channels, bytes, bytes.length))
                    .isBetween(Math.max(0L, length - (long) blocks * SENT), (long) length - SENT);
            verify(grid, bytes, "nobody");
        }
    }

    @Test
    void whereItIsOffAllIsSent() throws IOException {
        byte[] bytes = TestNodes.random(5 << 20);
        try (TestNodes grid = new TestNodes(directory, 3, false);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            assertThat(put(grid, channels, bytes, bytes.length)).isZero();
            verify(grid, bytes, "nobody");
        }
    }

    /** Whatever the client has written beyond what the node knows of stays good. */
    @ParameterizedTest
    @CsvSource({"3, 2, 1048576", "3, 3, 2097152", "3, 2, 3145728", "3, 3, 5242880", "2, 2, 2097152", "2, 3, 3145728"})
    void aNodeIsLostMeanwhile(int replicas, int lost, int lostAfter) throws IOException {
        byte[] bytes = TestNodes.random((11 << 20) + 5);
        try (TestNodes grid = new TestNodes(directory, 3);
                Channels channels = new Channels(ChannelSecurity.NONE);
                FileUpload upload = upload(grid, channels, bytes.length, replicas)) {
            upload.write(ByteBuffer.wrap(bytes, 0, lostAfter));
            grid.get(lost).kill();
            upload.write(ByteBuffer.wrap(bytes, lostAfter, bytes.length - lostAfter));
            upload.commit();
            verify(grid, bytes, "n" + lost);
        }
    }

    @Test
    void whatIsBeyondTheAnnouncedBytesIsCutOff() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.CHUNK * 3);
        try (TestNodes grid = new TestNodes(directory, 1);
                FileWriter writer = writer(grid)) {
            Path file = open(writer, bytes);
            write(file, bytes, TestNodes.CHUNK, bytes.length);
            writer.written(TestNodes.CHUNK, crc(bytes, TestNodes.CHUNK, 2 * TestNodes.CHUNK));
            writer.commit();
            BlockRecord block = grid.layout("/f").blocks().get(0);
            Path sealed = grid.get(1).blocks().find(block.id()).orElseThrow().path();
            assertThat(sealed).isEqualTo(file).hasSize(2L * TestNodes.CHUNK);
            assertThat(grid.read(grid.get(1), "/f")).isEqualTo(Arrays.copyOf(bytes, 2 * TestNodes.CHUNK));
        }
    }

    @Test
    void otherBytesThanAnnouncedAreRefused() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.CHUNK * 2);
        try (TestNodes grid = new TestNodes(directory, 1);
                FileWriter writer = writer(grid)) {
            Path file = open(writer, bytes);
            write(file, bytes, TestNodes.CHUNK, bytes.length);
            assertThatThrownBy(() -> writer.written(TestNodes.CHUNK, crc(bytes, 0, TestNodes.CHUNK)))
                    .isInstanceOf(GridException.class)
                    .hasMessage("other bytes than announced were written in place: path=/f, offset=65536")
                    .extracting(e -> ((GridException) e).code())
                    .isEqualTo(ErrorCode.CORRUPT_INPUT);
        }
    }

    @Test
    void bytesThatAreNotThereAreRefused() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.CHUNK * 2);
        try (TestNodes grid = new TestNodes(directory, 1);
                FileWriter writer = writer(grid)) {
            open(writer, bytes);
            assertThatThrownBy(() -> writer.written(TestNodes.CHUNK, crc(bytes, TestNodes.CHUNK, bytes.length)))
                    .hasMessageContaining("bytes that were announced are not in the file");
        }
    }

    @Test
    void withoutAnOpenBlockNothingIsTakenInPlace() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 1);
                FileWriter writer = writer(grid)) {
            assertThat(writer.openBlocks()).isEmpty();
            assertThatThrownBy(() -> writer.written(1, 0)).hasMessageContaining("no block is open for 1 bytes");
        }
    }

    /** Who writes in place would wait for a place that is never told. */
    @Test
    void betweenTwoBlocksTheNextOneIsTold() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        try (TestNodes grid = new TestNodes(directory, 1);
                FileWriter writer = writer(grid)) {
            TestNodes.write(writer, bytes, 0, bytes.length);
            assertThat(writer.openBlocks()).extracting(OpenBlock::offset).containsExactly((long) TestNodes.BLOCK);
        }
    }

    @Test
    void aNextBlockWhosePlaceIsGoneIsClosed() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK + TestNodes.CHUNK);
        try (TestNodes grid = new TestNodes(directory, 1)) {
            Path next;
            try (FileWriter writer = visibleWriter(grid)) {
                next = nextPlace(writer, bytes);
                Files.delete(next);
                assertThatThrownBy(() -> TestNodes.write(writer, bytes, TestNodes.BLOCK / 2, bytes.length))
                        .isInstanceOf(GridException.class)
                        .hasMessageContaining("cannot read a block that is being written");
            }
            assertThat(blockAt(grid, next)).as("open, or left").isEmpty();
        }
    }

    @Test
    void aNextBlockThatTakesNothingIsClosed() throws IOException {
        byte[] bytes = TestNodes.random(TestNodes.BLOCK);
        try (TestNodes grid = new TestNodes(directory, 1)) {
            Path next;
            try (FileWriter writer = visibleWriter(grid)) {
                next = nextPlace(writer, bytes);
                TestNodes.write(writer, bytes, TestNodes.BLOCK / 2, bytes.length);
                assertThatThrownBy(() -> writer.written(TestNodes.BLOCK + 1, 0))
                        .hasMessageContaining("no block is open for " + (TestNodes.BLOCK + 1) + " bytes");
            }
            assertThat(blockAt(grid, next)).as("open, or left").isEmpty();
        }
    }

    /** Of a file whose copies nobody deletes where its writer fails, as those of a put are. */
    private static FileWriter visibleWriter(TestNodes grid) {
        return grid.get(1).files().create(TestNode.context(), GridPath.parse("/f"), PutOptions.create("alice"));
    }

    /** Writes half a block; the place of the next one. */
    private static Path nextPlace(FileWriter writer, byte[] bytes) {
        assertThat(writer.openBlocks()).as("asked for from the start").isEmpty();
        TestNodes.write(writer, bytes, 0, TestNodes.BLOCK / 2);
        List<OpenBlock> places =
                await("the next block is allocated").until(writer::openBlocks, open -> open.size() == 2);
        return Objects.requireNonNull(places.get(1).file());
    }

    private static Optional<StoredBlock> blockAt(TestNodes grid, Path place) {
        String id = place.getFileName().toString().replaceFirst("\\..*", "");
        return grid.get(1).blocks().find(new BlockId(Long.parseUnsignedLong(id, 16)));
    }

    private static long put(TestNodes grid, Channels channels, byte[] bytes, long size) {
        try (FileUpload upload = upload(grid, channels, size)) {
            upload.write(ByteBuffer.wrap(bytes));
            upload.commit();
            return upload.inPlaceBytes();
        }
    }

    private static FileUpload upload(TestNodes grid, Channels channels, long size) {
        return upload(grid, channels, size, 3);
    }

    private static FileUpload upload(TestNodes grid, Channels channels, long size, int replicas) {
        FilePut put = new FilePut("/f", null, null, replicas, null);
        return new BytesClient(channels).put(grid.get(1).location(), CallHeaders.NONE, put, size);
    }

    private static FileWriter writer(TestNodes grid) {
        return grid.get(1).files().put(TestNode.context(), GridPath.parse("/f"), PutOptions.create("alice"));
    }

    /** Writes the first chunk, as is usual, and shows the file of the block. */
    private static Path open(FileWriter writer, byte[] bytes) {
        TestNodes.write(writer, bytes, 0, TestNodes.CHUNK);
        OpenBlock block = writer.openBlocks().get(0);
        assertThat(block.offset()).isZero();
        assertThat(block.endOffset()).isEqualTo(TestNodes.BLOCK);
        Path file = Objects.requireNonNull(block.file());
        assertThat(file).hasSize(TestNodes.CHUNK);
        return file;
    }

    private static void write(Path file, byte[] bytes, int from, int to) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes, from, to - from), from);
        }
    }

    private static int crc(byte[] bytes, int from, int to) {
        return Crc32c.of(Unpooled.wrappedBuffer(bytes, from, to - from));
    }

    private static void verify(TestNodes grid, byte[] bytes, String lost) throws IOException {
        for (TestNode node : grid.all()) {
            if (!node.name().equals(lost)) {
                assertThat(grid.read(node, "/f")).as(node.name()).isEqualTo(bytes);
            }
        }
        assertThat(grid.metadata().reportedBad()).isEmpty();
        for (BlockRecord block : grid.layout("/f").blocks()) {
            for (Replica holder : block.holders()) {
                if (!holder.node().equals(lost)) {
                    Path copy = grid.named(holder.node())
                            .blocks()
                            .find(block.id())
                            .orElseThrow()
                            .path();
                    assertThat(Files.size(copy)).as("%s on %s", block, holder).isEqualTo(block.lengthBytes());
                }
            }
        }
    }
}
