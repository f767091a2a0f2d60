package io.swarmgrid.storage.placement;

import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/*
 * Every node draws a number for the key, from a hash of both; the highest numbers win (Thaler and Ravishankar, "Using
 * name-based mappings to increase hit rates", 1998). Weights by the logarithmic method: with h uniform in (0, 1), -ln(h)/w
 * is exponentially distributed with rate w, and the smallest of several such draws is node i's with probability
 * w_i / sum of w (Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005). So a node takes blocks in
 * proportion to its capacity, and a change of one node's weight moves blocks only to or from that node.
 *
 * Ignite's RendezvousAffinityFunction, which places the metadata, is not used for blocks: it knows no weights, it maps a
 * fixed number of partitions rather than keys, and its order depends on Ignite's node objects. The principle is the same.
 *
 * Where a block should be goes by whole capacities, not by free space: it must not change with every block written. Where
 * a new block goes is the same order, but a node that is fuller than the grid as a whole counts for less, half as much for
 * every 5 % of its room. Without that the smallest disks would be full while a sixth of the grid is free, since nodes drawn
 * one after the other for the copies of one block get more than their part where they are small. The steps are coarse, so
 * that the blocks of one file, which ask with one key, stay together. An emptier node counts for no more than its capacity:
 * not every writer shall run to the node that has just come.
 */
/** Weighted rendezvous hashing over the live nodes that can take a block. Thread-safe; keeps no table. */
public final class RendezvousPlacement implements Placement {
    private static final double UNIT = 0x1.0p-53;
    private static final double FULLER_STEP = 0.05;
    private static final long NEXT_KEY = 0x9e3779b97f4a7c15L;
    /** As many keys are tried for each node: with nodes of one size, one in 3,000 blocks finds none. */
    private static final int TRIES = 8;

    private final Nodes nodes;

    private record Draw(GridNodeInfo node, double number) {}

    private static final Comparator<Draw> LOWEST_FIRST = Comparator.comparingDouble(Draw::number)
            .thenComparing(draw -> draw.node().name());

    public RendezvousPlacement(Nodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public List<GridNodeInfo> order(long placementKey) {
        List<Draw> draws = new ArrayList<>();
        for (GridNodeInfo node : takers()) {
            draws.add(new Draw(node, number(placementKey, node, (double) node.capacityBytes())));
        }
        return sorted(draws, draws.size());
    }

    /** Candidates are the voters that are live, not draining, and have room. */
    @Override
    public List<GridNodeInfo> choose(long placementKey, int count, long sizeBytes, Set<String> avoid) {
        List<GridNodeInfo> takers = takers();
        double taken = taken(takers);
        List<Draw> draws = new ArrayList<>();
        for (GridNodeInfo node : takers) {
            if (node.freeBytes() >= Math.max(1, sizeBytes) && !avoid.contains(node.name())) {
                draws.add(new Draw(node, number(placementKey, node, weight(node, taken))));
            }
        }
        return sorted(draws, count);
    }

    /**
     * {@inheritDoc} Tries keys one after the other. Whether the node is first is asked of {@link #order}: where a block is
     * put, there it also should be.
     */
    @Override
    public long keyHere(long placementKey, Set<String> avoid) {
        List<GridNodeInfo> takers = takers();
        String here = nodes.local().name();
        boolean takes =
                takers.stream().anyMatch(node -> node.name().equals(here) && stepsFuller(node, taken(takers)) == 0);
        if (!takes || avoid.contains(here)) {
            return placementKey;
        }
        long key = placementKey;
        for (int left = TRIES * takers.size(); left > 0; left--) {
            if (isFirst(here, key, takers)) {
                return key;
            }
            key = mix(key + NEXT_KEY);
        }
        return placementKey;
    }

    private static boolean isFirst(String name, long key, List<GridNodeInfo> takers) {
        Draw first = null;
        for (GridNodeInfo node : takers) {
            Draw draw = new Draw(node, number(key, node, (double) node.capacityBytes()));
            if (first == null || LOWEST_FIRST.compare(draw, first) < 0) {
                first = draw;
            }
        }
        return first != null && first.node().name().equals(name);
    }

    private List<GridNodeInfo> takers() {
        return nodes.live().stream()
                .filter(node -> node.voter() && !node.draining())
                .toList();
    }

    private static double weight(GridNodeInfo node, double takenOfGrid) {
        return node.capacityBytes() / Math.pow(2, stepsFuller(node, takenOfGrid));
    }

    private static int stepsFuller(GridNodeInfo node, double takenOfGrid) {
        double excess = taken(node.usedBytes(), node.capacityBytes()) - takenOfGrid;
        return (int) Math.max(0, excess / FULLER_STEP);
    }

    private static double taken(List<GridNodeInfo> nodes) {
        return taken(
                nodes.stream().mapToLong(GridNodeInfo::usedBytes).sum(),
                nodes.stream().mapToLong(GridNodeInfo::capacityBytes).sum());
    }

    private static double taken(long usedBytes, long capacityBytes) {
        return capacityBytes <= 0 ? 0 : (double) usedBytes / capacityBytes;
    }

    private static List<GridNodeInfo> sorted(List<Draw> draws, int count) {
        draws.sort(LOWEST_FIRST);
        return distinctZonesFirst(draws, count);
    }

    private static List<GridNodeInfo> distinctZonesFirst(List<Draw> draws, int count) {
        List<GridNodeInfo> chosen = new ArrayList<>();
        List<GridNodeInfo> rest = new ArrayList<>();
        Set<String> zones = new HashSet<>();
        for (Draw draw : draws) {
            (zones.add(draw.node().zone()) ? chosen : rest).add(draw.node());
        }
        chosen.addAll(rest);
        return List.copyOf(chosen.subList(0, Math.max(0, Math.min(count, chosen.size()))));
    }

    private static double number(long key, GridNodeInfo node, double weight) {
        long bits = mix(key + mix(hash(node.name())));
        double uniform = ((bits >>> 11) + 0.5) * UNIT;
        return -Math.log(uniform) / Math.max(1, weight);
    }

    /** FNV-1a over the name's bytes: the same on every JVM and in every version. */
    private static long hash(String name) {
        long hash = 0xcbf29ce484222325L;
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (octet & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014): every input bit changes half of the output's. */
    private static long mix(long value) {
        long bits = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
        return bits ^ (bits >>> 31);
    }
}
