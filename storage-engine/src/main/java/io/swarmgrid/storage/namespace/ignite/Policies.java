package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.StoragePolicy;
import org.jspecify.annotations.Nullable;

/**
 * How a new file is to be kept: as its writer asks, else as the directory asks in which it is made, else as the node's
 * configuration has it. Thread-safe.
 */
final class Policies {
    private final Runner runner;
    private final PathWalk walk;
    private final SwarmConfig config;

    Policies(Runner runner, PathWalk walk, SwarmConfig config) {
        this.runner = runner;
        this.walk = walk;
        this.config = config;
    }

    /**
     * @param place null where the directory above is not there yet: it will have the policy of the nearest that is
     * @throws GridException PRECONDITION_FAILED where a file would be safer than its name
     */
    Inode.Storing storing(GridPath path, PathWalk.@Nullable Place place, PutOptions options) {
        boolean asksForAll = options.durability() != null && options.replicas() > 0;
        StoragePolicy policy =
                asksForAll ? StoragePolicy.NONE : place == null ? nearest(path.parent()) : of(place.parentId());
        Durability durability = first(
                options.durability(), policy.durability(), config.storage().durability());
        if (durability == Durability.POWER && config.metadata().durability() != Durability.POWER) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "durability power is not to be had where metadata.durability is process: a file would outlive its name: "
                            + path,
                    path.toString(),
                    "ask for process, or run the grid with metadata.durability power",
                    null);
        }
        int replicas = options.replicas() > 0 ? options.replicas() : policy.replicas();
        return new Inode.Storing(
                replicas > 0 ? replicas : config.storage().replicas(), durability, options.placement());
    }

    /** That of an entry at a path, or of the nearest directory above it that is there. */
    StoragePolicy nearest(@Nullable GridPath path) {
        for (GridPath at = path; at != null; at = at.parent()) {
            Dentry dentry = walk.find(at);
            if (dentry != null && !dentry.isFile()) {
                return of(dentry.inodeId());
            }
        }
        return StoragePolicy.NONE;
    }

    private StoragePolicy of(long directoryId) {
        Inode directory = runner.look(tables -> tables.inode(directoryId));
        return directory == null ? StoragePolicy.NONE : StoragePolicy.of(directory.attributes());
    }

    private static Durability first(@Nullable Durability asked, @Nullable Durability path, Durability node) {
        if (asked != null) {
            return asked;
        }
        return path == null ? node : path;
    }
}
