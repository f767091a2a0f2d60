package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a path that is not there may have been meant to be: an entry beside it whose name is nearly the same. */
final class NearName {
    private static final int ENTRIES = 1000;
    private static final int LEVELS = 8;

    private NearName() {}

    /** The error with a suggestion as its hint, where there is one; otherwise as it is. */
    static GridException explained(Session session, GridException error) {
        String path = error.path();
        if (error.code() != ErrorCode.NOT_FOUND || error.hint() != null || path == null) {
            return error;
        }
        try {
            String near = near(session, GridPath.parse(path));
            return near == null
                    ? error
                    : new GridException(
                            error.code(),
                            String.valueOf(error.getMessage()),
                            path,
                            "did you mean " + near + "?",
                            error);
        } catch (GridException e) {
            // The first error is the one to tell.
            return error;
        }
    }

    private static @Nullable String near(Session session, GridPath missing) {
        GridPath lost = missing;
        for (int level = 0; level < LEVELS; level++) {
            GridPath parent = lost.parent();
            if (parent == null) {
                return null;
            }
            try {
                return nearest(session, parent, lost.name());
            } catch (GridException e) {
                if (e.code() != ErrorCode.NOT_FOUND) {
                    throw e;
                }
                lost = parent;
            }
        }
        return null;
    }

    private static @Nullable String nearest(Session session, GridPath directory, String name) {
        Listing page = session.call("fs.list", new ListRequest(directory.toString(), ENTRIES, null), Listing.class);
        String best = null;
        int least = 1 + Math.max(1, name.length() / 4);
        for (FileStatus entry : page.entries()) {
            int distance = distance(name, GridPath.parse(entry.path()).name());
            if (distance < least) {
                least = distance;
                best = entry.path();
            }
        }
        return best;
    }

    /** Insertions, removals, replacements and swaps of neighbours that lead from one to the other, case aside. */
    static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
