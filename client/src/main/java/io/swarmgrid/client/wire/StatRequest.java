package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.stat}.
 *
 * @param id the file with this identity, wherever it is by now; null for the entry that is at the path
 * @param hint false for no look at the names beside one that is not there; null for true
 */
public record StatRequest(
        String path, @Nullable Long id, @Nullable Boolean hint) {
    public StatRequest(String path, @Nullable Long id) {
        this(path, id, null);
    }
}
