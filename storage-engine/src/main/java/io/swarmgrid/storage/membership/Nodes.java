package io.swarmgrid.storage.membership;

import java.util.List;
import java.util.Optional;

/** The live nodes of the grid. Thread-safe; answers from memory. */
public interface Nodes {
    GridNodeInfo local();

    List<GridNodeInfo> live();

    Optional<GridNodeInfo> find(String name);
}
