package io.swarmgrid.it.chaos;

import io.swarmgrid.client.wire.PutMode;
import java.util.List;
import java.util.Random;

/**
 * Publishes datasets of its own, appends to them, replaces them, and removes some. What is appended to one that was removed or never
 * came would make it, so a name is used as long as all is acknowledged.
 */
final class GrowDatasets implements Workload {
    private static final int MOST_ROWS = 20_000;
    /** Each append of unknown outcome doubles what can be there. */
    private static final int MOST_APPENDS = 4;

    private static final int MOST_PARTITIONS = 3;

    private final String name;
    private int number;

    GrowDatasets(String name) {
        this.name = name;
    }

    @Override
    public void step(Calls calls, Random random) {
        DatasetCalls datasets = calls.datasets();
        String path = Paths.SETS + "/" + name + number++;
        boolean there = put(datasets, path, PutMode.CREATE, random);
        for (int i = random.nextInt(MOST_APPENDS); i >= 0 && there; i--) {
            there = put(datasets, path, PutMode.APPEND, random);
            if (random.nextInt(3) == 0) {
                datasets.get(path);
            }
        }
        if (there && random.nextInt(3) == 0) {
            there = put(datasets, path, PutMode.OVERWRITE, random) && put(datasets, path, PutMode.APPEND, random);
        }
        datasets.get(path);
        if (there && random.nextInt(3) > 0) {
            calls.removeTree(path, List.of());
            datasets.get(path);
        }
    }

    private static boolean put(DatasetCalls datasets, String path, PutMode mode, Random random) {
        int rows = random.nextInt(1, MOST_ROWS);
        return datasets.put(path, mode, rows, rows / random.nextInt(1, MOST_PARTITIONS + 1) + 1L);
    }
}
