package io.swarmgrid.storage.membership;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/*
 * Ignite's replication is no quorum: a backup that has left counts as an answer. What makes two halves of a torn grid
 * never both go on is this count alone: more than half of the current baseline must be there. Any two majorities of
 * one baseline have a node in common, and a baseline is changed only by a majority of the one before, so there is one
 * line of baselines and at most one side that goes on.
 */
/**
 * The nodes that count (the current baseline) and those of them that are there.
 *
 * @param tiebreak who goes on alone in a grid of two
 */
record Voters(Set<String> all, Set<String> live, Optional<String> tiebreak) {
    Voters {
        all = Set.copyOf(all);
        live = Set.copyOf(live);
    }

    boolean haveMajority() {
        long present = all.stream().filter(live::contains).count();
        boolean tiebroken = all.size() == 2
                && present == 1
                && tiebreak.filter(all::contains).filter(live::contains).isPresent();
        return present * 2 > all.size() || tiebroken;
    }

    /** Who is not there, in order of name. */
    Set<String> missing() {
        Set<String> names = new TreeSet<>(all);
        names.removeAll(live);
        return names;
    }
}
