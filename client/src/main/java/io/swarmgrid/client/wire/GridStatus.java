package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The grid as the asked node sees it.
 *
 * @param lostMetadata null where all is here
 * @param lastBackup of the metadata; null where there was none
 * @param safeMode null where it is off
 */
public record GridStatus(
        String gridName,
        String gridId,
        String productVersion,
        String answeringNode,
        boolean quorum,
        List<NodeStatus> nodes,
        RepairStatus repair,
        BalanceStatus balance,
        @Nullable LostMetadata lostMetadata,
        @Nullable LastBackup lastBackup,
        @Nullable SafeModeStatus safeMode) {
    public GridStatus {
        nodes = List.copyOf(nodes);
    }
}
