package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.judge.Version;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** Makes files under names that are used once, and joins some to the end of another, once or twice. */
final class JoinFiles implements Workload {
    private static final int MOST_JOINS = 2;
    private static final int MOST_SOURCES = 2;
    private static final int KEPT = 4;

    private final Deque<String> kept = new ArrayDeque<>();
    private int number;

    @Override
    public void step(Calls calls, Random random) {
        String target = Paths.JOINS + "/j" + number++;
        calls.put(target, Sizes.any(random), Calls.Mode.CREATE);
        for (int join = random.nextInt(MOST_JOINS); join >= 0; join--) {
            List<String> sources = new ArrayList<>();
            List<Version> versions = new ArrayList<>();
            for (int i = random.nextInt(MOST_SOURCES); i >= 0; i--) {
                String source = target + "-" + join + "-" + i;
                versions.add(calls.put(source, Sizes.any(random), Calls.Mode.CREATE));
                sources.add(source);
            }
            calls.join(target, sources, versions);
            calls.get(target);
            calls.get(sources.get(0));
        }
        kept.addLast(target);
        if (kept.size() > KEPT) {
            calls.remove(kept.removeFirst());
        }
    }
}
