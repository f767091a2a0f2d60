package io.swarmgrid.it.chaos;

import io.swarmgrid.it.FaultyDoor;
import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A way to each node on which answers can be lost. */
final class Doors implements AutoCloseable {
    private final List<FaultyDoor> all = new ArrayList<>();

    static Doors before(List<NodeProcess> nodes) throws IOException {
        Doors doors = new Doors();
        boolean opened = false;
        try {
            for (NodeProcess node : nodes) {
                doors.all.add(new FaultyDoor(node.address()));
            }
            opened = true;
            return doors;
        } finally {
            if (!opened) {
                doors.close();
            }
        }
    }

    List<FaultyDoor> all() {
        return List.copyOf(all);
    }

    List<String> addresses() {
        return all.stream().map(FaultyDoor::address).toList();
    }

    @Override
    public void close() {
        all.forEach(FaultyDoor::close);
    }
}
