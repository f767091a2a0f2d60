package io.swarmgrid.node.cli;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.Listing;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
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
    private static final FileStatus ENTRY =
            new FileStatus("/a", EntryKind.FILE, 1, 1, 1, 1, 1, "local", 2, "sealed", Map.of("rows", "1"));

    @Override
    public Integer call() throws IOException {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Server door = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.CALL, ServerCalls.asyncUnaryCall(WarmArchiveCommand::answer))
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

    private static void answer(ActionRequest request, StreamObserver<byte[]> answers) {
        boolean listing = request.action().equals("fs.list");
        answers.onNext(Json.write(listing ? new Listing(List.of(ENTRY), null) : ENTRY));
        answers.onCompleted();
    }
}
