package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import java.util.Objects;

/** The paths that callers may name, at every door: all but what the grid keeps for itself. */
public final class CallerPaths {
    private static final GridPath RESERVED = Objects.requireNonNull(Files.STAGING.parent());

    private CallerPaths() {}

    /** @throws GridException INVALID_ARGUMENT where it is no path, PERMISSION_DENIED where it is the grid's own */
    public static GridPath parse(String text) {
        return visible(GridPath.parse(text));
    }

    /** @throws GridException PERMISSION_DENIED where the path is the grid's own */
    public static GridPath visible(GridPath path) {
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
