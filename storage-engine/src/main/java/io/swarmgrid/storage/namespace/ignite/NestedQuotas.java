package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.HashMap;
import java.util.Map;

/**
 * How many quotas lie one in another. A change counts in a row for each quota above it, and its transaction locks them all: so there are
 * few, however they came there. Looks at all quotas of the grid and the directories above them, outside of a transaction, which would
 * check all of that: so two that are given at the same moment may together be more by one. Confined to one thread.
 */
final class NestedQuotas {
    static final int MAX = 8;

    private static final int ELSEWHERE = -1;

    private final Tables tables;
    /** Of directories how many quotas they have and those between them and the top; no directory is looked at twice. */
    private final Map<Long, Integer> known = new HashMap<>();

    private NestedQuotas(Tables tables, long top) {
        this.tables = tables;
        known.put(Ids.ROOT, ELSEWHERE);
        known.put(top, 0);
    }

    /** The most quotas one in another below a directory, without its own; what was removed from below it is not there any more. */
    static int below(Tables tables, long directoryId) {
        NestedQuotas look = new NestedQuotas(tables, directoryId);
        return tables.charging().all().values().stream()
                .mapToInt(quota -> look.depth(quota.directory()))
                .reduce(0, Math::max);
    }

    /** @throws GridException PRECONDITION_FAILED where so many are too many */
    static void require(int nested, String path, String hint) {
        if (nested > MAX) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "more than " + MAX + " quotas one above the other: " + path,
                    path,
                    hint,
                    null);
        }
    }

    private int depth(long id) {
        Integer before = known.get(id);
        if (before != null) {
            return before;
        }
        known.put(id, ELSEWHERE); // whatever lies above it, this comes to an end
        Inode inode = tables.guard(id) == null ? null : tables.inode(id); // what was removed has no guard
        if (inode == null) {
            return ELSEWHERE;
        }
        int above = depth(inode.link().parentId());
        int own = inode.charge().own() == 0 ? 0 : 1;
        int depth = above == ELSEWHERE ? ELSEWHERE : above + own;
        known.put(id, depth);
        return depth;
    }
}
