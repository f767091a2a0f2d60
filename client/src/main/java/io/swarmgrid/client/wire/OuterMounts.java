package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code fs.mounts}, in order of path.
 *
 * @param silent nodes that are there and did not say what was read through them; none where it is null
 */
public record OuterMounts(List<OuterMount> mounts, @Nullable List<String> silent) {
    public OuterMounts {
        mounts = List.copyOf(mounts);
        silent = silent == null ? List.of() : List.copyOf(silent);
    }
}
