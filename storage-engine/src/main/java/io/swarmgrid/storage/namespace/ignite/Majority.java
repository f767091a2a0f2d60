package io.swarmgrid.storage.namespace.ignite;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/*
 * Copies alone do not tell a row that most of them have lost from one whose removal a few have missed, nor which of several values
 * is the last one. What more than half of all copies have is right in each case but that of several faults at once, and where it
 * is brought to the others nothing is lost that only they had: a row that they lack, or a value that few have. That a row is
 * absent is no value, and never wins, for what would be taken away then may be the last copy of what was acknowledged.
 */
/** What the copies of a row are given where they are not alike. */
final class Majority {
    private Majority() {}

    /**
     * The value for all of them.
     *
     * @param had what the copies have that have the row, one for each
     * @param copies how many there are, with those that lack it
     * @return nothing where the row is to be left as it is, since nobody can tell
     */
    static <V> Optional<V> of(Collection<V> had, int copies) {
        Map<V, Integer> counts = new HashMap<>();
        had.forEach(value -> counts.merge(value, 1, Integer::sum));
        return counts.entrySet().stream()
                .filter(each -> 2 * each.getValue() > copies)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
