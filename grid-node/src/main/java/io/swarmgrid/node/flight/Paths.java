package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.Files;
import java.util.Objects;

/** The paths that callers may name: all but what the grid keeps for itself, which is not theirs to see or to change. */
final class Paths {
    private static final GridPath RESERVED = Objects.requireNonNull(Files.STAGING.parent());

    private Paths() {}

    static GridPath parse(String text) {
        return visible(GridPath.parse(text));
    }

    static GridPath visible(GridPath path) {
        if (path.startsWith(RESERVED)) {
            throw new GridException(
                    ErrorCode.PERMISSION_DENIED,
                    "permission denied: " + RESERVED + " is the grid's own",
                    path.toString(),
                    null,
                    null);
        }
        return path;
    }
}
