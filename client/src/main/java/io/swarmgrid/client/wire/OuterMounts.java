package io.swarmgrid.client.wire;

import java.util.List;

/** The answer of {@code fs.mounts}, in order of path. */
public record OuterMounts(List<OuterMount> mounts) {
    public OuterMounts {
        mounts = List.copyOf(mounts);
    }
}
