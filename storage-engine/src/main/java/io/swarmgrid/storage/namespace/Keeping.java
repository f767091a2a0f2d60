package io.swarmgrid.storage.namespace;

import io.swarmgrid.config.Medium;
import org.jspecify.annotations.Nullable;

/**
 * How many near copies of a block there should be, and on what.
 *
 * @param near null where there should be none
 */
public record Keeping(int copies, @Nullable Medium near) {
    public static final Keeping NONE = new Keeping(0, null);

    /** As many near copies as may be asked for. */
    public static final int MAX_COPIES = 16;

    public Keeping {
        if (copies < 0 || copies > MAX_COPIES || (copies == 0) != (near == null)) {
            throw new IllegalArgumentException("bad keeping: copies=" + copies + ", near=" + near);
        }
    }
}
