package io.swarmgrid.it.chaos;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.it.chaos.judge.Ledger;
import java.util.Random;

/** Writes files, each under a name of its own, into a directory that others remove meanwhile: whole ones, and growing ones. */
final class WriteIntoTrees implements Workload {
    private static final int MOST_PIECES = 4;
    private static final int MOST_BYTES = 200_000;
    private static final int DIRECTORIES = 3;

    private final Ledger ledger;
    private final DoomedTrees trees;
    private final String name;
    private int number;

    WriteIntoTrees(Ledger ledger, DoomedTrees trees, String name) {
        this.ledger = ledger;
        this.trees = trees;
        this.name = name;
    }

    @Override
    public void step(Calls calls, Random random) {
        String path = trees.latest() + "/d" + random.nextInt(DIRECTORIES) + "/" + name + number++;
        FilePut put = new FilePut(path, false, null, null, null);
        try {
            if (random.nextBoolean()) {
                put(calls, put, random.nextInt(1, MOST_PIECES * MOST_BYTES));
            } else {
                grow(calls, put, random);
            }
        } catch (GridException e) {
            // Told nothing, or that it is gone: what was acknowledged before is to be judged by the removals.
        }
    }

    private void put(Calls calls, FilePut put, int length) {
        ledger.attempted(put.path(), length);
        try (FileOutput output = new FileOutput(calls.client(), put)) {
            output.write(Ledger.bytes(put.path(), 0, length), 0, length);
            output.commit();
            ledger.acknowledged(put.path(), length);
        }
    }

    private void grow(Calls calls, FilePut put, Random random) {
        ledger.attempted(put.path(), 0);
        try (GrowingFile file = GrowingFile.create(calls.client(), put)) {
            ledger.acknowledged(put.path(), 0);
            long length = 0;
            for (int i = random.nextInt(MOST_PIECES); i >= 0; i--) {
                int piece = random.nextInt(1, MOST_BYTES);
                ledger.attempted(put.path(), length + piece);
                file.write(Ledger.bytes(put.path(), length, piece), 0, piece);
                length += piece;
                if (random.nextBoolean()) {
                    file.flush();
                    ledger.acknowledged(put.path(), length);
                }
            }
            file.commit();
            ledger.acknowledged(put.path(), length);
        }
    }
}
