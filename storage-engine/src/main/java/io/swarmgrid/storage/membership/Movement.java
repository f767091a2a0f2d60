package io.swarmgrid.storage.membership;

import java.util.List;

/**
 * What operators have asked to be moved, beyond what repair does on its own.
 *
 * @param draining names of nodes that give their blocks away, in order
 * @param balance names the evening-out that is under way; 0 for none
 * @param thresholdPercent how far apart it lets two nodes be in the part of their room that is taken
 */
public record Movement(List<String> draining, long balance, int thresholdPercent) {
    public static final Movement NONE = new Movement(List.of(), 0, 0);

    public Movement {
        draining = draining.stream().distinct().sorted().toList();
    }
}
