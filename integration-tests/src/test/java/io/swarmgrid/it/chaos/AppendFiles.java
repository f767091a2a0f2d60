package io.swarmgrid.it.chaos;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.it.chaos.judge.Ledger;
import java.util.Random;

/**
 * Writes files of its own at their end: makes one or opens it again, writes pieces, some of which it flushes or puts on the
 * devices, and closes it or leaves it to the grid. Whoever finds it still open waits for its lease to end.
 */
final class AppendFiles implements Workload {
    private static final int FILES = 2;
    private static final int MOST_PIECES = 6;
    private static final int MOST_BYTES = 400_000;
    /** Longer ones are left as they are: another begins. */
    private static final long LONG_ENOUGH = 6L << 20;

    private final Ledger ledger;
    private final String name;
    private int began;

    AppendFiles(Ledger ledger, String name) {
        this.ledger = ledger;
        this.name = name;
    }

    @Override
    public void step(Calls calls, Random random) {
        String path = Paths.LOGS + "/" + name + random.nextInt(began, began + FILES);
        try (GrowingFile file = open(calls.client(), path)) {
            long length = file.position();
            if (length > LONG_ENOUGH) {
                began += FILES;
            }
            for (int i = random.nextInt(MOST_PIECES); i >= 0; i--) {
                int piece = random.nextInt(1, MOST_BYTES);
                ledger.attempted(path, length + piece);
                file.write(Ledger.bytes(path, length, piece), 0, piece);
                length += piece;
                switch (random.nextInt(3)) {
                    case 0 -> {
                        file.flush();
                        ledger.acknowledged(path, length);
                    }
                    case 1 -> {
                        file.sync();
                        ledger.acknowledged(path, length);
                    }
                    default -> {}
                }
            }
            if (random.nextInt(4) > 0) {
                file.commit();
                ledger.acknowledged(path, length);
            }
        } catch (GridException e) {
            // Told nothing: what was acknowledged before has to be there, what was not may be.
        }
    }

    private GrowingFile open(GridClient client, String path) {
        ledger.attempted(path, 0);
        try {
            return GrowingFile.append(client, path);
        } catch (GridException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
            GrowingFile made = GrowingFile.create(client, new FilePut(path, false, null, null, null));
            ledger.acknowledged(path, 0);
            return made;
        }
    }
}
