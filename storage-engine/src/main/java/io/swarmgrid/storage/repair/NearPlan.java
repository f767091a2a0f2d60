package io.swarmgrid.storage.repair;

import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Keepable;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.placement.Placement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/*
 * The same comparison as for durable copies, and a simpler one: what is wanted against what is recorded on live nodes. A near copy keeps
 * no data alive, so one that is too much goes without anybody being asked, and one on a node that is draining at once. One on a node that
 * is down is waited for as long as the node is, for a restart finds what it kept on a disk.
 *
 * Nodes with a durable copy come first: they need no transfer, and none at all where that lies on the medium already. A node is passed
 * over where it says that it may not keep so much more; what this walk has planned by then counts.
 */
/** Which near copies are to be made and given up, in the light of one moment's nodes. Confined to one thread. */
final class NearPlan {
    private final Nodes nodes;
    private final Placement placement;
    private final Map<String, GridNodeInfo> live = new HashMap<>();
    private final Map<Place, Long> left = new HashMap<>();

    private record Place(String node, Medium medium) {}

    /**
     * What is to be done about one block.
     *
     * @param makers names of nodes that are to make a copy, best first: more than are missing
     * @param missing how many of them are
     * @param leavers names of nodes whose copy is to be given up
     */
    record Found(List<String> makers, int missing, List<String> leavers) {
        static final Found NOTHING = new Found(List.of(), 0, List.of());
    }

    NearPlan(Nodes nodes, Placement placement) {
        this.nodes = nodes;
        this.placement = placement;
        nodes.live().forEach(node -> live.put(node.name(), node));
    }

    /** @param mayMake whether no durable copy is to be made, be it that all are there, or that no node can: those come first */
    Found look(BlockRecord block, boolean mayMake) {
        Keeping asked = block.keeping();
        List<Replica> near =
                block.holders().stream().filter(holder -> holder.near() != null).toList();
        if (near.isEmpty() && asked.copies() == 0) {
            return Found.NOTHING;
        }
        List<String> good = new ArrayList<>();
        List<String> leavers = new ArrayList<>();
        int waitedFor = 0;
        for (Replica holder : near) {
            GridNodeInfo node = live.get(holder.node());
            boolean current = holder.epoch() == block.epoch() && holder.near() == asked.near();
            if (!current || (node == null ? nodes.isGone(holder.node()) : node.draining())) {
                leavers.add(holder.node());
            } else if (node == null) {
                waitedFor++;
            } else {
                good.add(holder.node());
            }
        }
        int surplus = good.size() - asked.copies();
        if (surplus > 0) {
            leavers.addAll(good.subList(good.size() - surplus, good.size()));
        }
        int missing = asked.copies() - good.size() - waitedFor;
        Medium medium = asked.near();
        List<String> makers = medium == null || missing <= 0 || !mayMake ? List.of() : makers(block, medium, good);
        return new Found(makers, Math.max(0, missing), leavers);
    }

    /** It was ordered: there is less room for the next ones. */
    void planned(String node, BlockRecord block) {
        Medium medium = block.keeping().near();
        if (medium != null) {
            left.merge(new Place(node, medium), -block.lengthBytes(), Long::sum);
        }
    }

    private List<String> makers(BlockRecord block, Medium medium, List<String> good) {
        Map<String, GridNodeInfo> order = new LinkedHashMap<>();
        for (String holder : block.currentHolders()) {
            Optional.ofNullable(live.get(holder)).ifPresent(node -> order.put(holder, node));
        }
        placement.order(block.placementKey()).forEach(node -> order.putIfAbsent(node.name(), node));
        Set<String> present = new HashSet<>(good);
        return order.values().stream()
                .filter(node -> !node.draining() && !present.contains(node.name()))
                .map(GridNodeInfo::name)
                .filter(name -> leftBytes(new Place(name, medium)) >= block.lengthBytes())
                .toList();
    }

    private long leftBytes(Place place) {
        return left.computeIfAbsent(place, of -> nodes.keepable(of.node()).stream()
                .filter(each -> each.medium() == of.medium())
                .mapToLong(Keepable::leftBytes)
                .sum());
    }
}
