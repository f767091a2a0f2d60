package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.judge.Outcome;
import io.swarmgrid.it.chaos.judge.Version;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Puts files under names that are used once, cuts pieces off their ends, within a block or between two, and joins others to some. */
final class CutFiles implements Workload {
    private static final int MOST_PIECES = 4;
    private static final int KEPT = 4;

    private final Deque<String> kept = new ArrayDeque<>();
    private int number;

    @Override
    public void step(Calls calls, Random random) {
        String path = Paths.CUTS + "/c" + number++;
        List<Integer> sizes = Stream.generate(() -> Sizes.any(random))
                .limit(random.nextInt(2, MOST_PIECES + 1))
                .toList();
        calls.putPieces(path, sizes);
        boolean sure = calls.last() == Outcome.OK;
        for (int pieces = random.nextInt(1, sizes.size()); pieces > 0; pieces -= random.nextInt(1, MOST_PIECES)) {
            calls.truncate(
                    path,
                    pieces,
                    sizes.stream().limit(pieces).mapToLong(Integer::longValue).sum());
            calls.get(path);
            sure &= calls.last() == Outcome.OK;
        }
        // A cut that may come yet could take what was joined with it.
        if (sure && random.nextBoolean()) {
            String source = path + "-more";
            Version more = calls.put(source, Sizes.any(random), Calls.Mode.CREATE);
            calls.join(path, List.of(source), List.of(more));
            calls.get(path);
        }
        kept.addLast(path);
        if (kept.size() > KEPT) {
            calls.remove(kept.removeFirst());
        }
    }
}
