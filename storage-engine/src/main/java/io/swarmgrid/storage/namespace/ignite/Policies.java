package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.StoragePolicy;
import java.util.List;
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
     * @param above the directory that it is made in; null where it is not there
     * @throws GridException PRECONDITION_FAILED where a file would be safer than its name
     */
    Inode.Storing storing(GridPath path, @Nullable Inode above, PutOptions options) {
        StoragePolicy policy = above == null ? StoragePolicy.NONE : StoragePolicy.of(above.attributes());
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

    /** Which near copies a file has that is made in a directory: no writer asks for them. */
    static Keeping keeping(@Nullable Inode above) {
        return above == null ? Keeping.NONE : Keeping.of(above.attributes());
    }

    /**
     * The directory that a file is made in.
     *
     * @param place null where it is not there yet: then the nearest that is, of which it will have all that is inherited
     */
    @Nullable
    Inode above(GridPath path, PathWalk.@Nullable Place place) {
        return place == null ? directory(path.parent()) : inode(place.parentId());
    }

    /** What entries of the directory at a path count for, or of the nearest above it that is there. */
    List<Long> quotas(GridPath path) {
        Inode directory = directory(path);
        return directory == null ? List.of() : directory.charge().below();
    }

    /** That of an entry at a path, or of the nearest directory above it that is there. */
    StoragePolicy nearest(GridPath path) {
        Inode directory = directory(path);
        return directory == null ? StoragePolicy.NONE : StoragePolicy.of(directory.attributes());
    }

    private @Nullable Inode directory(@Nullable GridPath path) {
        for (GridPath at = path; at != null; at = at.parent()) {
            Dentry dentry = walk.find(at);
            if (dentry != null && !dentry.isFile()) {
                return inode(dentry.inodeId());
            }
        }
        return null;
    }

    private @Nullable Inode inode(long directoryId) {
        return runner.look(tables -> tables.inode(directoryId));
    }

    private static Durability first(@Nullable Durability asked, @Nullable Durability path, Durability node) {
        if (asked != null) {
            return asked;
        }
        return path == null ? node : path;
    }
}
