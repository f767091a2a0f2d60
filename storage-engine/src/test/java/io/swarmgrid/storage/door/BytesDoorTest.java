package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesClient;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.FileDownload;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.FrameStream;
import io.swarmgrid.client.bytes.PutEnd;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.PutResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole files, as clients put and get them. */
class BytesDoorTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    @Test
    void whatOneNodeTookAnotherGives() throws IOException {
        byte[] bytes = TestNodes.random((9 << 20) + 1);
        AtomicLong progress = new AtomicLong();
        try (TestNodes grid = new TestNodes(directory, 3);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            BytesClient client = new BytesClient(channels);
            try (FileUpload upload = client.put(grid.get(1).location(), CallHeaders.NONE, plain("/d/f"), null)) {
                upload.transferFrom(
                        java.nio.channels.Channels.newChannel(new ByteArrayInputStream(bytes)), progress::addAndGet);
                assertThat(upload.position()).isEqualTo(bytes.length);
                assertThat(upload.commit()).isEqualTo(new PutResult(true, "/d/f", null, bytes.length, 1));
            }
            assertThat(progress).hasValue(bytes.length);
            for (TestNode node : grid.all()) {
                assertThat(get(client, node, new FileRead("/d/f", null, null))).isEqualTo(bytes);
            }
            assertThat(get(client, grid.get(2), new FileRead("/d/f", 100L, 5_000_000L)))
                    .isEqualTo(Arrays.copyOfRange(bytes, 100, 5_000_100));
            assertThat(get(client, grid.get(3), new FileRead("/d/f", (long) bytes.length, null)))
                    .isEmpty();
        }
    }

    @Test
    void emptyAndSmallFilesTouchNoBlock() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 1);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            BytesClient client = new BytesClient(channels);
            put(client, grid.get(1), "/empty", new byte[0]);
            put(client, grid.get(1), "/small", new byte[] {1, 2, 3});
            assertThat(get(client, grid.get(1), new FileRead("/empty", null, null)))
                    .isEmpty();
            assertThat(get(client, grid.get(1), new FileRead("/small", 1L, null)))
                    .containsExactly(2, 3);
            assertThat(grid.get(1).blocks().blocks()).isZero();
        }
    }

    @Test
    void aPutThatIsBrokenOffLeavesNothing() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 2);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            BytesClient client = new BytesClient(channels);
            try (FileUpload upload = client.put(grid.get(1).location(), CallHeaders.NONE, plain("/f"), null)) {
                upload.write(ByteBuffer.wrap(TestNodes.random(6 << 20)));
                await().until(() -> grid.metadata().openFiles() == 1);
            }
            await().untilAsserted(() -> {
                assertThat(grid.metadata().openFiles()).isZero();
                for (TestNode node : grid.all()) {
                    assertThat(node.blocks().list()).as(node.name()).isEmpty();
                }
            });
            assertThatThrownBy(() -> get(client, grid.get(1), new FileRead("/f", null, null)))
                    .isInstanceOf(GridException.class)
                    .hasMessage("not found: /f");
        }
    }

    @Test
    void errorsReachTheCallerWhole() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 1);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            BytesClient client = new BytesClient(channels);
            TestNode node = grid.get(1);
            put(client, node, "/f", TestNodes.random(100_000));
            assertCode(() -> put(client, node, "/f", TestNodes.random(100_000)), ErrorCode.ALREADY_EXISTS);
            assertCode(() -> put(client, node, "/a/../b", new byte[1]), ErrorCode.INVALID_ARGUMENT);
            assertCode(() -> get(client, node, new FileRead("/f", 100_001L, null)), ErrorCode.INVALID_ARGUMENT);
            assertCode(
                    () -> client.put(
                                    node.location(),
                                    CallHeaders.NONE,
                                    new FilePut("/g", null, null, null, "forever"),
                                    null)
                            .commit(),
                    ErrorCode.INVALID_ARGUMENT);
            String location = node.location();
            node.stopAnswering();
            assertCode(
                    () -> client.read(location, CallHeaders.NONE, new FileRead("/f", null, null), PATIENCE),
                    ErrorCode.UNAVAILABLE);
        }
    }

    @Test
    void clientsMayNotSpeakAsNodes() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 1);
                Channels channels = new Channels(ChannelSecurity.NONE)) {
            for (var method :
                    java.util.List.of(BytesMethods.READ_BLOCK, BytesMethods.DISCARD_BLOCK, BytesMethods.WRITE_BLOCK)) {
                try (FrameStream stream = FrameStream.open(
                        channels.channel(grid.get(1).location()),
                        method,
                        Frame.Control.of(new PutEnd(1)),
                        1,
                        Duration.ofSeconds(10),
                        "try")) {
                    assertCode(stream::next, ErrorCode.PERMISSION_DENIED);
                }
            }
        }
    }

    private static void put(BytesClient client, TestNode node, String path, byte[] bytes) {
        try (FileUpload upload = client.put(node.location(), CallHeaders.NONE, plain(path), (long) bytes.length)) {
            upload.write(ByteBuffer.wrap(bytes));
            upload.commit();
        }
    }

    private static byte[] get(BytesClient client, TestNode node, FileRead read) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FileDownload download = client.read(node.location(), CallHeaders.NONE, read, PATIENCE)) {
            long length = download.transferTo(java.nio.channels.Channels.newChannel(out), count -> {});
            assertThat(length).isEqualTo(download.info().lengthBytes());
        }
        return out.toByteArray();
    }

    private static FilePut plain(String path) {
        return new FilePut(path, null, null, null, null);
    }

    private static void assertCode(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOf(GridException.class)
                .extracting(e -> ((GridException) e).code())
                .isEqualTo(code);
    }
}
