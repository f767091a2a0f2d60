package io.swarmgrid.client.wire;

import java.util.List;

/** The grid as the asked node sees it. */
public record GridStatus(
        String gridName,
        String gridId,
        String productVersion,
        String answeringNode,
        boolean quorum,
        List<NodeStatus> nodes,
        RepairStatus repair,
        BalanceStatus balance) {
    public GridStatus {
        nodes = List.copyOf(nodes);
    }
}
