package io.swarmgrid.it.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The names that callers share. Few of each, so that callers meet. */
final class Paths {
    static final String FILES = "/files";
    static final String MOVES = "/moves";
    static final String TREES = "/trees";
    static final String LOGS = "/logs";
    static final String JOINS = "/joins";
    static final String DOOMED = "/doomed";
    static final String SETS = "/sets";
    static final String CUTS = "/cuts";
    static final String DIRECTORIES = "/dirs";
    static final String OTHER_DIRECTORIES = "/others";

    private static final int SHARED_FILES = 8;
    private static final int SHARED_TREES = 3;
    private static final int FILES_OF_A_TREE = 2;

    private Paths() {}

    static List<String> top() {
        return List.of(FILES, MOVES, TREES, LOGS, JOINS, DOOMED, SETS, CUTS, DIRECTORIES, OTHER_DIRECTORIES);
    }

    static boolean isDataset(String path) {
        return path.startsWith(SETS + "/");
    }

    static String file(Random random) {
        return FILES + "/f" + random.nextInt(SHARED_FILES);
    }

    static String tree(Random random) {
        return TREES + "/t" + random.nextInt(SHARED_TREES);
    }

    static String middle(String tree) {
        return tree + "/d";
    }

    static String fileOf(String tree, Random random) {
        return middle(tree) + "/f" + random.nextInt(FILES_OF_A_TREE);
    }

    /** All that may be below a tree's top. */
    static List<String> below(String tree) {
        List<String> all = new ArrayList<>(List.of(middle(tree)));
        for (int i = 0; i < FILES_OF_A_TREE; i++) {
            all.add(middle(tree) + "/f" + i);
        }
        return all;
    }
}
