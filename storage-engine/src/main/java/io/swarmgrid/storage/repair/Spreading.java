package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.placement.Placement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/*
 * A copy moves from a holder to another node when the placement says that it should be there, or, while an operator has the
 * nodes evened out, when the other is emptier. In both cases only towards the emptier of the two, and only so far that it
 * does not become the fuller one: every move makes the grid more even, so moves come to an end, and none is ever undone by
 * the next.
 *
 * Loads are what nodes last said, and every keeper decides for itself. So what a walk gives up and what it has planned
 * counts as done, once for every keeper: the others see the same emptiness, and plan as much as this one. Hence blocks are
 * looked at while the keeper walks and moved when it has seen all that it gives up.
 *
 * While a node is waited for, or has only just come and not told what it can hold, nothing moves: the order of placement is another one without it, and a reboot would set half
 * of the grid in motion.
 */
/** Which copies would lie better elsewhere. Confined to one thread. */
final class Spreading {
    /** Part of a node's room that stays free of blocks which need not be there. */
    private static final double SPARE = 0.05;

    /** How much emptier, of what the fuller one has, a node must be for a block to move there: else it would be for little. */
    private static final double WORTHWHILE = 0.1;

    /** What is not remembered is found by the next walk. */
    private static final int MAX_CANDIDATES = 8192;

    private static final double PERCENT = 100;

    private final Placement placement;
    private final boolean still;
    private final boolean balancing;
    private final double threshold;
    private final List<GridNodeInfo> takers;
    private final int keepers;
    /** Bytes that this walk sends to a node, less those it takes away. */
    private final Map<String, Long> plannedBytes = new HashMap<>();

    private final List<Candidate> candidates = new ArrayList<>();

    private record Move(GridNodeInfo from, GridNodeInfo to) {}

    private record Candidate(BlockRecord block, List<GridNodeInfo> holders) {}

    /** A block that is safe, and the node that should have a copy of it instead of one of its holders. */
    record Better(BlockRecord block, int live, String target) {}

    Spreading(Nodes nodes, Placement placement) {
        this.placement = placement;
        boolean allKnown = nodes.live().stream().noneMatch(node -> node.voter() && node.capacityBytes() == 0);
        this.still = !nodes.allPresent() || !allKnown;
        this.balancing = nodes.movement().balance() != 0;
        this.threshold = nodes.movement().thresholdPercent() / PERCENT;
        this.takers = nodes.live().stream()
                .filter(node -> node.voter() && !node.draining())
                .toList();
        this.keepers = (int)
                Math.max(1, nodes.live().stream().filter(GridNodeInfo::voter).count());
    }

    /** Notes a block all of whose copies are there, if one of them would lie better elsewhere. */
    void consider(BlockRecord block, List<GridNodeInfo> holders) {
        boolean possible = !still && takers.size() > holders.size() && candidates.size() < MAX_CANDIDATES;
        if (possible && move(block, holders).isPresent()) {
            candidates.add(new Candidate(block, holders));
        }
    }

    /** A copy on this node is being given up. */
    void givesUp(String node, long sizeBytes) {
        plannedBytes.merge(node, -sizeBytes * keepers, Long::sum);
    }

    /** What is to be moved of that which was noted. Once. */
    List<Better> plan() {
        List<Better> planned = new ArrayList<>();
        for (Candidate candidate : candidates) {
            BlockRecord block = candidate.block();
            move(block, candidate.holders()).ifPresent(move -> {
                plannedBytes.merge(move.to().name(), block.lengthBytes() * keepers, Long::sum);
                givesUp(move.from().name(), block.lengthBytes());
                planned.add(
                        new Better(block, candidate.holders().size(), move.to().name()));
            });
        }
        return planned;
    }

    private Optional<Move> move(BlockRecord block, List<GridNodeInfo> holders) {
        Optional<Move> move = toPlace(block, holders);
        return move.isEmpty() && balancing ? toRoom(block, holders) : move;
    }

    /** Holders, the one that is worth most in front; what is to be given up for a better place comes last. */
    List<GridNodeInfo> bestFirst(BlockRecord block, List<GridNodeInfo> holders) {
        List<GridNodeInfo> order = placement.order(block.placementKey());
        List<String> places = order.stream()
                .limit(block.replication())
                .map(GridNodeInfo::name)
                .toList();
        Comparator<GridNodeInfo> byTaken = Comparator.comparingDouble(this::taken);
        Comparator<GridNodeInfo> byPlace = Comparator.comparing(node -> !places.contains(node.name()));
        // By name: a node's record is another one whenever its load has changed.
        List<String> ranks = order.stream().map(GridNodeInfo::name).toList();
        List<GridNodeInfo> sorted = new ArrayList<>(holders);
        sorted.sort(Comparator.comparingInt(node -> {
            int rank = ranks.indexOf(node.name());
            return rank < 0 ? Integer.MAX_VALUE : rank;
        }));
        sorted.sort(balancing ? byTaken : byPlace.thenComparing(byTaken));
        return sorted;
    }

    private Optional<Move> toPlace(BlockRecord block, List<GridNodeInfo> holders) {
        List<GridNodeInfo> places = placement.order(block.placementKey()).stream()
                .limit(block.replication())
                .toList();
        List<GridNodeInfo> targets = without(places, block);
        List<GridNodeInfo> misplaced = holders.stream()
                .filter(node -> places.stream().noneMatch(place -> place.name().equals(node.name())))
                .toList();
        return best(block, holders, misplaced, targets, from -> WORTHWHILE * taken(from));
    }

    private Optional<Move> toRoom(BlockRecord block, List<GridNodeInfo> holders) {
        List<GridNodeInfo> targets = new ArrayList<>(without(takers, block));
        targets.sort(Comparator.comparingDouble(this::taken));
        return best(block, holders, holders, targets, from -> threshold);
    }

    private Optional<Move> best(
            BlockRecord block,
            List<GridNodeInfo> holders,
            List<GridNodeInfo> sources,
            List<GridNodeInfo> targets,
            ToDoubleFunction<GridNodeInfo> least) {
        List<GridNodeInfo> fullestFirst = new ArrayList<>(sources);
        fullestFirst.sort(Comparator.comparingDouble(this::taken).reversed());
        for (GridNodeInfo to : targets) {
            for (GridNodeInfo from : fullestFirst) {
                if (isWorth(from, to, block.lengthBytes(), least.applyAsDouble(from))
                        && keepsZones(holders, from, to)) {
                    return Optional.of(new Move(from, to));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isWorth(GridNodeInfo from, GridNodeInfo to, long sizeBytes, double least) {
        double before = taken(from) - taken(to);
        double step = part(sizeBytes, from) + part(sizeBytes, to);
        double room = to.freeBytes() - planned(to) - sizeBytes - SPARE * to.capacityBytes();
        return room >= 0 && before >= step && before > least;
    }

    private static boolean keepsZones(List<GridNodeInfo> holders, GridNodeInfo from, GridNodeInfo to) {
        Set<String> before = new HashSet<>();
        Set<String> after = new HashSet<>(Set.of(to.zone()));
        for (GridNodeInfo holder : holders) {
            before.add(holder.zone());
            if (!holder.equals(from)) {
                after.add(holder.zone());
            }
        }
        return after.size() >= before.size();
    }

    private long planned(GridNodeInfo node) {
        return plannedBytes.getOrDefault(node.name(), 0L);
    }

    /** Which part of its room is taken, or will be. */
    private double taken(GridNodeInfo node) {
        return part(node.usedBytes() + planned(node), node);
    }

    private static double part(long sizeBytes, GridNodeInfo node) {
        return (double) sizeBytes / Math.max(1, node.capacityBytes());
    }

    private static List<GridNodeInfo> without(List<GridNodeInfo> nodes, BlockRecord block) {
        return nodes.stream()
                .filter(node -> block.holders().stream()
                        .noneMatch(holder -> holder.durable() && holder.node().equals(node.name())))
                .toList();
    }
}
