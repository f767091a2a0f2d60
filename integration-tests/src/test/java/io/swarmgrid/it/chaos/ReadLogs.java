package io.swarmgrid.it.chaos;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.it.chaos.judge.Ledger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Random;

/** Reads files that grow, whole. */
final class ReadLogs implements Workload {
    private final Ledger ledger;

    ReadLogs(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void step(Calls calls, Random random) {
        List<String> paths = ledger.paths().stream()
                .filter(path -> path.startsWith(Paths.LOGS + "/"))
                .toList();
        if (!paths.isEmpty()) {
            read(ledger, calls.client(), paths.get(random.nextInt(paths.size())));
        }
    }

    /**
     * Reads a file and notes what it saw.
     *
     * @return why it saw nothing; empty where it did
     */
    @CanIgnoreReturnValue
    static String read(Ledger ledger, GridClient client, String path) {
        long begun = ledger.now();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new FileTransfer(client).get(new FileRead(path, null, null), Channels.newChannel(bytes), count -> {});
            ledger.saw(path, begun, bytes.toByteArray());
            return "";
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND && bytes.size() == 0) {
                ledger.sawNothing(path, begun);
                return "";
            }
            return e.code() + ": " + e.getMessage();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
