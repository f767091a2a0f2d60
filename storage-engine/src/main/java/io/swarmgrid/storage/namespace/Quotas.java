package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much there may be below directories: logical bytes, not times their copies, and entries. Who would exceed that is refused with
 * QUOTA_EXCEEDED. Thread-safe; all methods throw {@link io.swarmgrid.client.GridException}.
 */
public interface Quotas {
    /** What the entry at a path, and all that is below it, counts for: the outermost first, its own last. */
    List<QuotaStatus> of(GridPath path);

    /**
     * Gives a directory a quota, or changes the one it has; what is in it is counted afterwards. One below what is used refuses growth
     * until there is less. Where no limit is left, the quota is taken away.
     *
     * @param bytes {@link io.swarmgrid.client.wire.QuotaChange#NO_LIMIT} for any length; null leaves this limit as it is
     * @param entries the same for any number; not both null
     */
    void set(GridPath directory, @Nullable Long bytes, @Nullable Long entries);

    /** Takes the quota away; nothing happens where there is none. */
    void clear(GridPath directory);
}
