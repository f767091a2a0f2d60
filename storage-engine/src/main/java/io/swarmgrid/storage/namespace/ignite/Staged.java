package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.Files;

/** Questions about paths of unfinished work. */
final class Staged {
    private Staged() {}

    /** Whether a path lies below the staging directory, which itself does not. */
    static boolean isBelow(GridPath path) {
        return path.startsWith(Files.STAGING)
                && path.names().size() > Files.STAGING.names().size();
    }

    /** Whether a path is one of the directories that the grid itself needs. */
    static boolean isFixed(GridPath path) {
        return Files.STAGING.startsWith(path);
    }
}
