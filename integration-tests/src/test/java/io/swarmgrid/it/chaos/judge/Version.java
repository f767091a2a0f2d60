package io.swarmgrid.it.chaos.judge;

import java.util.ArrayList;
import java.util.List;

/**
 * What a path holds: nothing, a directory, or a file of one or more whole pieces, each of which some operation gave it.
 *
 * @param pieces the ids of the pieces in their order
 */
public record Version(List<Long> pieces) {
    /** Nothing is there. */
    public static final Version ABSENT = new Version(List.of());
    /** No piece of a file has this id. */
    public static final Version DIRECTORY = new Version(List.of(0L));

    public Version {
        pieces = List.copyOf(pieces);
    }

    /** A file of one piece. */
    public static Version of(long piece) {
        return new Version(List.of(piece));
    }

    /** The same with more at its end. */
    Version with(List<Long> more) {
        List<Long> all = new ArrayList<>(pieces);
        all.addAll(more);
        return new Version(all);
    }

    public boolean isAbsent() {
        return pieces.isEmpty();
    }

    @Override
    public String toString() {
        return isAbsent() ? "absent" : equals(DIRECTORY) ? "directory" : "content " + pieces;
    }
}
