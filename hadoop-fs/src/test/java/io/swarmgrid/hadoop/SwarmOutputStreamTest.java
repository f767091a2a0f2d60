package io.swarmgrid.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.PutNotice;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.PutResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over a door that takes one file and says what it is asked for. */
class SwarmOutputStreamTest {
    private static final FilePut PUT = new FilePut("/f", null, null, null, null);

    private final List<Frame.Flush> flushes = new CopyOnWriteArrayList<>();
    private Server door;

    @BeforeEach
    void open() throws IOException {
        door = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.PUT_FILE, this::put)
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void close() {
        door.shutdownNow();
    }

    @Test
    void putsOnTheDeviceWhatIsSyncedAndNotWhatIsFlushed() throws IOException {
        List<String> addresses = List.of("127.0.0.1:" + door.getPort());
        try (GridClient client = GridClient.connect(addresses, ClientOptions.DEFAULT);
                SwarmOutputStream out = new SwarmOutputStream(GrowingFile.create(client, PUT), new Path("/f"), null)) {
            out.write(new byte[10], 0, 10);
            out.hflush();
            assertThat(flushes).containsExactly(new Frame.Flush(10, false));
            out.write(new byte[5], 0, 5);
            out.hsync();
            assertThat(flushes).containsExactly(new Frame.Flush(10, false), new Frame.Flush(15, true));
        }
    }

    private ServerCall.Listener<Frame> put(ServerCall<Frame, Frame> call, Metadata headers) {
        call.sendHeaders(new Metadata());
        call.request(1);
        return new ServerCall.Listener<>() {
            private boolean begun;
            private long bytes;

            @Override
            public void onMessage(Frame frame) {
                if (frame instanceof Frame.Data data) {
                    bytes += data.lengthBytes();
                } else if (frame instanceof Frame.Flush flush) {
                    flushes.add(flush);
                    call.sendMessage(new Frame.Flush(flush.offset(), false));
                } else if (frame instanceof Frame.Ack) {
                    call.sendMessage(new Frame.Ack(bytes));
                } else if (!begun) {
                    begun = true;
                    assertThat(((Frame.Control) frame).as(PutStart.class).visible())
                            .isTrue();
                    call.sendMessage(Frame.Control.of(PutNotice.opened(0, 1, false)));
                }
                frame.release();
                call.request(1);
            }

            @Override
            public void onHalfClose() {
                call.sendMessage(Frame.Control.of(PutNotice.of(new PutResult(true, "/f", null, bytes, 1), 1)));
                call.close(Status.OK, new Metadata());
            }
        };
    }
}
