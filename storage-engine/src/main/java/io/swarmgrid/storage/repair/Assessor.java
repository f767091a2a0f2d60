package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.placement.Placement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/*
 * Durable copies alone are looked at here. A copy is one of three: live, waited for (its node is down, but within its grace) or gone. What an operator is told and
 * what is done differ: a copy that is waited for is missing now, so the block counts as under-replicated; but nothing is
 * copied, since a reboot should cost only what was written meanwhile.
 *
 * What could be given up is found from live copies alone: a record of a gone copy goes once enough live ones are there,
 * and not before, for it says where the last bytes might still be. Whether they are there is then asked of those who are to
 * keep theirs (Witnesses).
 *
 * Copies on a node that is draining count while they are there and are not wanted: others are made first. Where every node
 * that takes blocks has a copy already and there are still too few, the drain is worth more than the number: the block
 * shows as under-replicated from then on.
 */
/** Looks at blocks in the light of one moment's nodes. Confined to one thread. */
final class Assessor {
    private final Placement placement;
    private final Map<String, GridNodeInfo> live = new HashMap<>();
    private final Nodes nodes;
    private final Spreading spreading;
    /** Names of the nodes that take blocks. */
    private final Set<String> takers = new HashSet<>();
    /** How many zones the nodes that could take a block stand in. */
    private final Set<String> zones = new HashSet<>();

    Assessor(Nodes nodes, Placement placement) {
        this.nodes = nodes;
        this.placement = placement;
        for (GridNodeInfo node : nodes.live()) {
            live.put(node.name(), node);
            if (node.voter() && !node.draining()) {
                takers.add(node.name());
                zones.add(node.zone());
            }
        }
        this.spreading = new Spreading(nodes, placement);
    }

    /** What is to be moved of the safe blocks that were assessed. Once, after the last of them. */
    List<Spreading.Better> spread() {
        return spreading.plan();
    }

    /** How many nodes could take a further copy of a block. */
    int takers(BlockRecord block) {
        return candidates(block).size();
    }

    Assessment assess(BlockRecord block) {
        List<GridNodeInfo> present = new ArrayList<>();
        List<String> gone = new ArrayList<>();
        int waitedFor = 0;
        for (Replica replica : block.holders()) {
            if (!replica.durable()) {
                continue;
            }
            GridNodeInfo node = live.get(replica.node());
            boolean current = replica.epoch() == block.epoch();
            if (node != null && current) {
                present.add(node);
            } else if (!current || nodes.isGone(replica.node())) {
                gone.add(replica.node());
            } else {
                waitedFor++;
            }
        }
        List<GridNodeInfo> staying =
                present.stream().filter(node -> !node.draining()).toList();
        int lacking = Math.max(0, block.replication() - present.size());
        int surplus = Math.max(0, present.size() - block.replication());
        boolean leftAlone = staying.size() < present.size() && isEverywhere(staying);
        List<String> leavers = new ArrayList<>();
        if (surplus > 0) {
            leavers.addAll(worst(block, present).subList(0, surplus));
        } else if (leftAlone) {
            present.stream()
                    .filter(GridNodeInfo::draining)
                    .map(GridNodeInfo::name)
                    .forEach(leavers::add);
        }
        if (lacking == 0) {
            leavers.addAll(gone);
        }
        List<String> fetchers = fetchers(block, present, staying, waitedFor);
        Urgency urgency = lacking > 0 ? Urgency.LACKING : Urgency.LEAVING;
        boolean safe = lacking == 0 && surplus == 0 && fetchers.isEmpty() && leavers.isEmpty() && waitedFor == 0;
        if (safe && staying.size() == present.size()) {
            spreading.consider(block, present);
        }
        leavers.forEach(holder -> spreading.givesUp(holder, block.lengthBytes()));
        int keep = leftAlone ? Math.min(block.replication(), staying.size()) : block.replication();
        return new Assessment(block, present.size(), lacking, surplus, fetchers, urgency, List.copyOf(leavers), keep);
    }

    /** Whether every node that takes blocks, and all are up, has a copy already. */
    private boolean isEverywhere(List<GridNodeInfo> staying) {
        return !staying.isEmpty() && staying.size() >= takers.size() && nodes.allPresent();
    }

    private List<String> fetchers(
            BlockRecord block, List<GridNodeInfo> present, List<GridNodeInfo> staying, int waitedFor) {
        int missing = block.replication() - staying.size() - waitedFor;
        if (present.isEmpty() || (missing <= 0 && !crowded(block, staying))) {
            return List.of();
        }
        Set<String> covered = new HashSet<>();
        staying.forEach(node -> covered.add(node.zone()));
        List<GridNodeInfo> candidates = new ArrayList<>(candidates(block));
        List<String> chosen = new ArrayList<>();
        while (chosen.size() < missing && !candidates.isEmpty()) {
            GridNodeInfo next = candidates.stream()
                    .filter(node -> !covered.contains(node.zone()))
                    .findFirst()
                    .orElse(candidates.get(0));
            candidates.remove(next);
            covered.add(next.zone());
            chosen.add(next.name());
        }
        if (missing <= 0) {
            // Enough copies, but too close together: one more in a zone that has none; the surplus then goes.
            candidates.stream()
                    .filter(node -> !covered.contains(node.zone()))
                    .findFirst()
                    .ifPresent(node -> chosen.add(node.name()));
        }
        return List.copyOf(chosen);
    }

    /** Whether the loss of one zone would cost more copies than it has to. */
    private boolean crowded(BlockRecord block, List<GridNodeInfo> staying) {
        long distinct = staying.stream().map(GridNodeInfo::zone).distinct().count();
        return staying.size() <= block.replication()
                && distinct < Math.min(block.replication(), zones.size())
                && distinct < staying.size();
    }

    /** Who has no durable copy: a near one is no reason not to have that, too. */
    private List<GridNodeInfo> candidates(BlockRecord block) {
        Set<String> holders = new HashSet<>();
        block.holders().stream().filter(Replica::durable).forEach(replica -> holders.add(replica.node()));
        return placement.choose(block.placementKey(), Integer.MAX_VALUE, block.lengthBytes(), holders);
    }

    /** The holders, the one to give up first in front: draining, then in a zone with a better one, then placed worst. */
    private List<String> worst(BlockRecord block, List<GridNodeInfo> present) {
        Set<String> covered = new HashSet<>();
        List<String> order = new ArrayList<>();
        List<String> crowding = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        for (GridNodeInfo node : spreading.bestFirst(block, present)) {
            if (node.draining()) {
                order.add(node.name());
            } else {
                (covered.add(node.zone()) ? alone : crowding).add(node.name());
            }
        }
        Collections.reverse(crowding);
        Collections.reverse(alone);
        order.addAll(crowding);
        order.addAll(alone);
        return order;
    }
}
