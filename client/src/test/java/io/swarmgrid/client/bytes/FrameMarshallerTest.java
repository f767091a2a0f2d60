package io.swarmgrid.client.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Drainable;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.ChannelSecurity;
import io.swarmgrid.client.net.Channels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameMarshallerTest {
    private final FrameMarshaller marshaller = new FrameMarshaller();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12, 16 << 10, (16 << 10) + 1, 100_000})
    void dataComeBackAsTheyWent(int length) throws IOException {
        byte[] bytes = random(length);
        for (boolean drained : new boolean[] {true, false}) {
            ByteBuf payload =
                    PooledByteBufAllocator.DEFAULT.directBuffer(length + 1).writeBytes(bytes);
            Frame.Data sent = new Frame.Data(77, Crc32c.of(payload), payload);
            InputStream stream = marshaller.stream(sent);
            assertThat(stream.available()).isEqualTo(FrameMarshaller.DATA_HEAD_BYTES + length);
            byte[] wire = drained ? drain(stream) : stream.readAllBytes();
            stream.close();
            stream.close();
            assertThat(payload.refCnt())
                    .as("the closed message gives its payload back")
                    .isZero();

            Frame.Data received = (Frame.Data) marshaller.parse(new ByteArrayInputStream(wire));
            assertThat(received.offset()).isEqualTo(77);
            assertThat(received.isIntact()).isTrue();
            assertThat(bytes(received.payload())).isEqualTo(bytes);
            received.release();
            received.release();
        }
    }

    @Test
    void acknowledgementsAndControlsComeBackAsTheyWent() throws IOException {
        assertThat(marshaller.parse(marshaller.stream(new Frame.Ack(1L << 40)))).isEqualTo(new Frame.Ack(1L << 40));
        Frame.Control control = (Frame.Control) marshaller.parse(marshaller.stream(Frame.Control.of(new PutEnd(9))));
        assertThat(control.as(PutEnd.class)).isEqualTo(new PutEnd(9));
    }

    @Test
    void refusesWhatIsNoFrame() {
        assertThatThrownBy(() -> marshaller.parse(new ByteArrayInputStream(new byte[0])))
                .isInstanceOf(GridException.class)
                .hasMessage("a frame is cut short");
        assertThatThrownBy(() -> marshaller.parse(new ByteArrayInputStream(new byte[] {1, 0, 0})))
                .isInstanceOf(GridException.class)
                .hasMessage("a frame is cut short");
        assertThatThrownBy(() -> marshaller.parse(new ByteArrayInputStream(new byte[] {9})))
                .isInstanceOf(GridException.class)
                .hasMessage("unknown kind of frame: 9");
    }

    @Test
    void keepsTheIndicesOfASharedPayload() throws IOException {
        ByteBuf payload = Unpooled.directBuffer().writeBytes(random(1000)).readerIndex(10);
        Frame.Data frame = new Frame.Data(0, 0, payload.retainedDuplicate());
        assertThat(drain(marshaller.stream(frame))).hasSize(FrameMarshaller.DATA_HEAD_BYTES + 990);
        assertThat(payload.readerIndex()).isEqualTo(10);
        frame.release();
        payload.release();
    }

    /** Over a real connection, where messages come in the pieces of HTTP/2. */
    @Test
    void receivesWithoutCopyAndReleasesAll() throws IOException {
        List<byte[]> chunks = List.of(random(1), random(3 << 20), random(0), random(70_000));
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(echo(chunks))
                .build()
                .start();
        try (Channels channels = new Channels(ChannelSecurity.NONE);
                FrameStream stream = open(channels, server)) {
            for (byte[] chunk : chunks) {
                Frame.Data data = data(stream);
                assertThat(data.payload().isDirect() || chunk.length == 0).isTrue();
                assertThat(data.payload().nioBufferCount())
                        .as("as many pieces as HTTP/2 made of it")
                        .isGreaterThanOrEqualTo(chunk.length >> 14);
                assertThat(data.isIntact()).isTrue();
                assertThat(bytes(data.payload())).isEqualTo(chunk);
                data.release();
            }
            assertThat(stream.next()).isNull();
            try (FrameStream givenUp = open(channels, server)) {
                data(givenUp).release();
            }
        } finally {
            server.shutdownNow();
        }
        await().untilAsserted(() -> assertThat(BytesMethods.heldBytes()).isZero());
    }

    private static FrameStream open(Channels channels, Server server) {
        return FrameStream.open(
                channels.channel("grpc://127.0.0.1:" + server.getPort()),
                BytesMethods.READ_BLOCK,
                Frame.Control.of(new PutEnd(1)),
                2,
                Duration.ofSeconds(10),
                "read");
    }

    private static Frame.Data data(FrameStream stream) {
        return (Frame.Data) Objects.requireNonNull(stream.next());
    }

    private static ServerServiceDefinition echo(List<byte[]> chunks) {
        return ServerServiceDefinition.builder(BytesMethods.SERVICE)
                .addMethod(BytesMethods.READ_BLOCK, (call, headers) -> {
                    call.request(1);
                    return new ServerCall.Listener<Frame>() {
                        @Override
                        public void onHalfClose() {
                            call.sendHeaders(new Metadata());
                            for (byte[] chunk : chunks) {
                                ByteBuf payload = Unpooled.directBuffer().writeBytes(chunk);
                                call.sendMessage(new Frame.Data(0, Crc32c.of(payload), payload));
                            }
                            call.close(Status.OK, new Metadata());
                        }
                    };
                })
                .build();
    }

    private static byte[] drain(InputStream stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int drained = ((Drainable) stream).drainTo(out);
        assertThat(out.size()).isEqualTo(drained);
        return out.toByteArray();
    }

    private static byte[] bytes(ByteBuf buffer) {
        byte[] copy = new byte[buffer.readableBytes()];
        buffer.getBytes(buffer.readerIndex(), copy);
        return copy;
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }
}
