package io.swarmgrid.tasks;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which node runs a split: the time to wait for a slot there against the time to move the bytes. */
/*
 * Ray's rule (the node with the fewest bytes to move, always) leaves nodes idle; Spark's (wait a fixed time for locality)
 * costs a hundredfold where splits are shorter than the wait (SPARK-18886). Here both sides are seconds: a queue of so many
 * attempts, each about as long as those before it, against the bytes at a modest rate and a price for disturbing the
 * network at all. Short splits stay where their bytes are; long ones leave when others idle.
 */
final class NodeChoice {
    /** What leaving locality costs before the first byte. */
    static final double LEAVING_SECONDS = 10;

    private static final double MOVED_BYTES_PER_SECOND = 100e6;
    /** A node where the split failed comes after all others, whatever they cost. */
    private static final double FAILED_SECONDS = 1e6;
    /** So many for each slot are assigned ahead, so that a slot need not wait for the next one. */
    private static final int AHEAD = 2;

    private NodeChoice() {}

    /**
     * A node that could run it.
     *
     * @param ahead attempts there that would go first
     * @param holds whether it has all of the bytes
     * @param failed whether the split failed there
     */
    record Candidate(NodeLoads.NodeLoad node, int ahead, boolean holds, boolean failed) {
        boolean hasRoom() {
            return ahead < AHEAD * node.slots();
        }

        boolean hasFreeSlot() {
            return ahead < node.slots();
        }

        double seconds(long sizeBytes, double attemptSeconds) {
            double waiting = Math.max(0, ahead + 1 - node.slots()) * attemptSeconds / node.slots();
            double moving = holds ? 0 : LEAVING_SECONDS + sizeBytes / MOVED_BYTES_PER_SECOND;
            return waiting + moving + (failed ? FAILED_SECONDS : 0);
        }
    }

    /**
     * The cheapest; empty where there is none, or where the cheapest one has no room yet and is worth waiting for.
     *
     * @param attemptSeconds how long an attempt takes, as far as is known
     */
    static Optional<Candidate> choose(List<Candidate> candidates, long sizeBytes, double attemptSeconds) {
        return candidates.stream()
                .min(Comparator.<Candidate>comparingDouble(each -> each.seconds(sizeBytes, attemptSeconds))
                        .thenComparingDouble(
                                each -> (double) each.ahead() / each.node().slots())
                        .thenComparing(each -> each.node().node()))
                .filter(Candidate::hasRoom);
    }

    /** Whether a split that waits at a node should be given to one of these, which have not got it. */
    static boolean shouldMove(List<Candidate> others, long sizeBytes, double waitedSeconds) {
        return others.stream()
                .anyMatch(each -> each.hasFreeSlot() && !each.failed() && each.seconds(sizeBytes, 0) < waitedSeconds);
    }
}
