package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.TierConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Whose blocks lie in a tier, written beside them. Without it a node that is given the directory of another grid would take
 * every block in it for an orphan, and delete it after a while.
 *
 * @param gridId the grid
 * @param node the node of it
 */
public record TierOwner(String gridId, String node) {
    static final String FILE = "tier.json";

    /**
     * Makes a directory this node's, or makes sure that it is. The caller has locked it.
     *
     * @throws GridException PRECONDITION_FAILED where it is another's, or where that cannot be told
     */
    void claim(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            Path fresh = directory.resolve(FILE + ".new");
            Files.write(fresh, Json.write(this));
            Disk.force(fresh);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            Disk.forceDirectory(directory);
            return;
        }
        TierOwner owner;
        try {
            owner = Json.read(Files.readAllBytes(file), TierOwner.class);
        } catch (GridException e) {
            throw refused(directory, "does not say whose it is: " + file + ": " + e.getMessage());
        }
        if (!owner.gridId.equals(gridId)) {
            throw refused(directory, "has blocks of another grid: " + owner.gridId + ", this one is " + gridId);
        }
        if (!owner.node.equals(node)) {
            throw refused(directory, "has blocks of another node: " + owner.node + ", this one is " + node);
        }
    }

    /** The grid whose blocks of this node lie in the first of these tiers that says so. */
    public static Optional<String> gridOf(List<TierConfig> tiers, String node) {
        for (TierConfig tier : tiers) {
            Path file = tier.path().resolve(FILE);
            try {
                TierOwner owner = Files.exists(file) ? Json.read(Files.readAllBytes(file), TierOwner.class) : null;
                if (owner != null && owner.node.equals(node)) {
                    return Optional.of(owner.gridId);
                }
            } catch (GridException e) {
                throw refused(tier.path(), "does not say whose it is: " + file + ": " + e.getMessage());
            } catch (IOException e) {
                throw Disk.failed("cannot read " + file, e);
            }
        }
        return Optional.empty();
    }

    private static GridException refused(Path directory, String why) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "tier " + directory + " " + why,
                null,
                "give the node the tier it had, or an empty directory; to give the blocks in it up for good, remove "
                        + directory.resolve(FILE),
                null);
    }
}
