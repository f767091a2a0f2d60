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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/*
 * The same comparison as for durable copies, and a simpler one: what is wanted against what is recorded on live nodes. A near copy keeps
 * no data alive, so one that is too much goes without anybody being asked, and one on a node that is draining at once. One on a node that
 * is down is waited for as long as the node is, for a restart finds what it kept on a disk.
 *
 * Of those that are asked for nodes with a durable copy come first: they need no transfer, and none at all where that lies on the medium
 * already. Those of a block in demand are for other nodes, since those that have it are what is overloaded; first in zones that have none.
 * One that is there for either counts for both. A node is passed over where it says that it may not keep so much more; what this walk has
 * planned by then counts. Demand takes no more than half of that, and so nothing where pins have taken it: of these somebody was told
 * that they fit.
 */
/** Which near copies are to be made and given up, in the light of one moment's nodes. Confined to one thread. */
final class NearPlan {
    /** The part of what may be kept that is left to what is asked for. */
    private static final long PART_FOR_PINS = 2;

    private final Nodes nodes;
    private final Placement placement;
    private final Map<String, GridNodeInfo> live = new HashMap<>();
    private final Map<Place, Long> left = new HashMap<>();

    /** Where a near copy may lie. */
    record Place(String node, Medium medium) {}

    /**
     * Copies that are to be made.
     *
     * @param places where, best first: more than are missing, or fewer
     * @param missing how many of them are
     */
    record Wish(List<Place> places, int missing) {
        static final Wish NONE = new Wish(List.of(), 0);
    }

    /**
     * What is to be done about one block.
     *
     * @param asked because somebody has asked for it
     * @param demand because it is read so much
     * @param leavers names of nodes whose copy is to be given up
     */
    record Found(Wish asked, Wish demand, List<String> leavers) {
        static final Found NOTHING = new Found(Wish.NONE, Wish.NONE, List.of());
    }

    NearPlan(Nodes nodes, Placement placement) {
        this.nodes = nodes;
        this.placement = placement;
        nodes.live().forEach(node -> live.put(node.name(), node));
    }

    /**
     * Looks at one block.
     *
     * @param mayMake whether no durable copy is to be made, be it that all are there, or that no node can: those come first
     * @param inDemand how many nodes without a durable copy are to have a near one because the block is read so much
     */
    Found look(BlockRecord block, boolean mayMake, int inDemand) {
        Keeping asked = block.keeping();
        List<Replica> near =
                block.holders().stream().filter(holder -> holder.near() != null).toList();
        if (near.isEmpty() && asked.copies() == 0 && inDemand == 0) {
            return Found.NOTHING;
        }
        Set<String> pinned = new LinkedHashSet<>();
        List<Replica> others = new ArrayList<>();
        List<String> leavers = new ArrayList<>();
        int waitedFor = 0;
        int cached = 0;
        for (Replica holder : near) {
            GridNodeInfo node = live.get(holder.node());
            boolean fits = holder.near() == asked.near();
            if (holder.epoch() != block.epoch() || (node == null ? nodes.isGone(holder.node()) : node.draining())) {
                leavers.add(holder.node());
            } else if (!fits || (node != null && pinned.size() >= asked.copies())) {
                others.add(holder);
            } else {
                waitedFor += node == null ? 1 : 0;
                cached += holder.durable() ? 0 : 1;
                if (node != null) {
                    pinned.add(holder.node());
                }
            }
        }
        for (Replica holder : others) {
            boolean helps = !holder.durable() && cached < inDemand;
            cached += helps ? 1 : 0;
            if (!helps) {
                leavers.add(holder.node());
            }
        }
        int missing = Math.max(0, asked.copies() - pinned.size() - waitedFor);
        int further = Math.max(0, inDemand - cached);
        return new Found(
                new Wish(missing == 0 || !mayMake ? List.of() : askedFor(block, pinned), missing),
                new Wish(further == 0 || !mayMake ? List.of() : further(block), further),
                leavers);
    }

    /** It was ordered: there is less room for the next ones. */
    void planned(Place place, long sizeBytes) {
        left.merge(place, -sizeBytes, Long::sum);
    }

    private List<Place> askedFor(BlockRecord block, Set<String> present) {
        Medium medium = block.keeping().near();
        if (medium == null) {
            return List.of();
        }
        Map<String, GridNodeInfo> order = new LinkedHashMap<>();
        for (String holder : block.currentHolders()) {
            Optional.ofNullable(live.get(holder)).ifPresent(node -> order.put(holder, node));
        }
        placement.order(block.placementKey()).forEach(node -> order.putIfAbsent(node.name(), node));
        return order.values().stream()
                .filter(node -> !node.draining() && !present.contains(node.name()))
                .map(node -> new Place(node.name(), medium))
                .filter(place -> leftBytes(place) >= block.lengthBytes())
                .toList();
    }

    /** On nodes that have nothing of it, each on the fastest medium that it has room on. */
    private List<Place> further(BlockRecord block) {
        Set<String> present = new HashSet<>();
        Set<String> zones = new HashSet<>();
        for (Replica holder : block.holders()) {
            present.add(holder.node());
            Optional.ofNullable(live.get(holder.node())).ifPresent(node -> zones.add(node.zone()));
        }
        return placement.order(block.placementKey()).stream()
                .filter(node -> !node.draining() && !present.contains(node.name()))
                .sorted(Comparator.comparing(node -> zones.contains(node.zone())))
                .map(node -> fastest(node.name(), block.lengthBytes()))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Place> fastest(String node, long sizeBytes) {
        return nodes.keepable(node).stream()
                .sorted(Comparator.comparing(Keepable::medium))
                .filter(each ->
                        hasRoomForDemand(each.mostBytes(), leftBytes(new Place(node, each.medium())), sizeBytes))
                .map(each -> new Place(node, each.medium()))
                .findFirst();
    }

    /** Whether enough is left for what is asked for. */
    static boolean hasRoomForDemand(long mostBytes, long leftBytes, long sizeBytes) {
        return leftBytes - sizeBytes >= mostBytes / PART_FOR_PINS;
    }

    private long leftBytes(Place place) {
        return left.computeIfAbsent(place, of -> nodes.keepable(of.node()).stream()
                .filter(each -> each.medium() == of.medium())
                .mapToLong(Keepable::leftBytes)
                .sum());
    }
}
