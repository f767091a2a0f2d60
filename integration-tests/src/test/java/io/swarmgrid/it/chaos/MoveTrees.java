package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.judge.Outcome;
import io.swarmgrid.it.chaos.judge.Version;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Makes directories with files under names that are used once, and renames them, also to another parent. */
final class MoveTrees implements Workload {
    private static final int MOST_MOVES = 3;
    private static final int KEPT = 3;
    private static final String BELOW = "/d";

    private final Deque<Tree> kept = new ArrayDeque<>();
    private int number;

    private record Tree(String top, List<String> below) {}

    @Override
    public void step(Calls calls, Random random) {
        String name = "t" + number++;
        String top = parent(random) + "/" + name;
        Map<String, Version> below = new TreeMap<>();
        if (!make(calls, random, top, below)) {
            return; // what is there of it is not known
        }
        for (int move = random.nextInt(MOST_MOVES); move >= 0; move--) {
            String target = parent(random) + "/" + name + "-" + move;
            calls.renameTree(top, target, below);
            calls.look(top);
            calls.look(target);
            for (String path : List.of("/f", BELOW + "/f")) {
                calls.get(top + path);
                calls.get(target + path);
            }
            String more = BELOW + "/m" + move;
            if (calls.last() != Outcome.OK) {
                return;
            }
            top = target;
            if (!put(calls, random, top, more, below)) {
                return;
            }
        }
        kept.addLast(new Tree(top, List.copyOf(below.keySet())));
        if (kept.size() > KEPT) {
            Tree oldest = kept.removeFirst();
            calls.removeTree(
                    oldest.top,
                    oldest.below.stream().map(path -> oldest.top + path).toList());
        }
    }

    private static boolean make(Calls calls, Random random, String top, Map<String, Version> below) {
        for (String directory : List.of(top, top + BELOW)) {
            calls.makeDirectory(directory);
            if (calls.last() != Outcome.OK) {
                return false;
            }
        }
        below.put(BELOW, Version.DIRECTORY);
        return put(calls, random, top, "/f", below) && put(calls, random, top, BELOW + "/f", below);
    }

    private static boolean put(Calls calls, Random random, String top, String path, Map<String, Version> below) {
        below.put(path, calls.put(top + path, Sizes.any(random), Calls.Mode.CREATE));
        return calls.last() == Outcome.OK;
    }

    private static String parent(Random random) {
        return random.nextBoolean() ? Paths.DIRECTORIES : Paths.OTHER_DIRECTORIES;
    }
}
