package io.swarmgrid.node.cli;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.Listing;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Loads what a short command loads, so that the launcher can put it into an archive of classes: a listing is asked of a
 * door in this very process, which answers and knows nothing.
 */
@Command(name = "warm-archive", hidden = true, description = "For the launcher: load what short commands load.")
final class WarmArchiveCommand implements Callable<Integer> {
    private static final String SERVICE = "arrow.flight.protocol.FlightService";
    private static final FileStatus ENTRY =
            new FileStatus("/a", EntryKind.FILE, 1, 1, 1, 1, 1, "local", 2, "sealed", Map.of("rows", "1"));

    @Override
    public Integer call() throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Server door = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(ServerServiceDefinition.builder(SERVICE)
                        .addMethod(doAction(), WarmArchiveCommand::answer)
                        .build())
                .build()
                .start();
        int exit = ExitCode.OK;
        try {
            Map<String, String> environment = Map.of("SWARM_GRID", "127.0.0.1:" + door.getPort());
            for (String words : List.of("ls -l /", "stat /a", "stat /a --json")) {
                exit = Math.max(exit, Main.run(words.split(" "), nowhere, nowhere, environment));
            }
        } finally {
            door.shutdownNow();
        }
        return exit;
    }

    /** Requests begin with field 1, the action's type. */
    private static MethodDescriptor<byte[], byte[]> doAction() {
        return MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
                .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "DoAction"))
                .build();
    }

    private static ServerCall.Listener<byte[]> answer(ServerCall<byte[], byte[]> call, Metadata headers) {
        call.request(2);
        return new ServerCall.Listener<>() {
            private byte[] request = new byte[0];

            @Override
            public void onMessage(byte[] message) {
                request = message;
            }

            @Override
            public void onHalfClose() {
                boolean listing = new String(request, StandardCharsets.ISO_8859_1).contains("fs.list");
                call.sendHeaders(new Metadata());
                call.sendMessage(result(Json.write(listing ? new Listing(List.of(ENTRY), null) : ENTRY)));
                call.close(Status.OK, new Metadata());
            }
        };
    }

    /** Field 1, the result's body. */
    private static byte[] result(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write((1 << 3) | 2);
        int left = body.length;
        for (; left >= 0x80; left >>>= 7) {
            bytes.write((left & 0x7F) | 0x80);
        }
        bytes.write(left);
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
