package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.Listing;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.FlightServer;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.NoOpFlightProducer;
import org.apache.arrow.flight.Result;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import picocli.CommandLine.Command;

/**
 * Loads what a short command loads, so that the launcher can put it into an archive of classes: a listing is asked of a
 * door in this very process.
 */
@Command(name = "warm-archive", hidden = true, description = "For the launcher: load what short commands load.")
final class WarmArchiveCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        BufferAllocator allocator = new RootAllocator();
        FlightServer door = FlightServer.builder(allocator, Location.forGrpcInsecure("127.0.0.1", 0), new Door())
                .build()
                .start();
        try {
            Map<String, String> environment = Map.of("SWARM_GRID", "127.0.0.1:" + door.getPort());
            for (String[] words : List.of(new String[] {"ls", "-l", "/"}, new String[] {"stat", "/a", "--json"})) {
                Main.run(words, nowhere, nowhere, environment);
            }
        } finally {
            door.shutdown();
            door.close();
            allocator.close();
        }
        return ExitCode.OK;
    }

    private static final class Door extends NoOpFlightProducer {
        private static final FileStatus ENTRY =
                new FileStatus("/a", EntryKind.FILE, 1, 1, 1, 1, 1, "local", 2, "sealed", null);

        @Override
        public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
            Object answer = action.getType().equals("fs.list") ? new Listing(List.of(ENTRY), null) : ENTRY;
            listener.onNext(new Result(Json.write(answer)));
            listener.onCompleted();
        }
    }
}
