package io.swarmgrid.client.wire;

import java.util.List;
import java.util.Map;

/**
 * Metadata that no node of the grid has now. What needs it fails with UNAVAILABLE; it is back once the nodes are.
 *
 * @param partitions of each cache, those that are lost
 * @param waitingFor the nodes that are away, any of which may have it
 */
public record LostMetadata(Map<String, List<Integer>> partitions, List<String> waitingFor) {
    public LostMetadata {
        partitions = Map.copyOf(partitions);
        waitingFor = List.copyOf(waitingFor);
    }
}
