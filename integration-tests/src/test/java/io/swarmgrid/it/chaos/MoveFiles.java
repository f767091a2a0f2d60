package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.judge.Version;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/** Makes files under names that are used once, and renames them: to another such name, or over a shared file. */
final class MoveFiles implements Workload {
    private static final int KEPT = 8;

    private final Deque<String> kept = new ArrayDeque<>();
    private int number;

    @Override
    public void step(Calls calls, Random random) {
        String name = Paths.MOVES + "/m" + number++;
        Version version = calls.put(name, Sizes.any(random), Calls.Mode.CREATE);
        if (random.nextInt(3) == 0) {
            String target = Paths.file(random);
            calls.rename(name, target, version, Calls.Mode.REPLACE);
            calls.get(target);
            return;
        }
        String moved = name + "-moved";
        calls.rename(name, moved, version, Calls.Mode.CREATE);
        calls.get(name);
        calls.get(moved);
        kept.addLast(moved);
        if (kept.size() > KEPT) {
            calls.remove(kept.removeFirst());
        }
    }
}
