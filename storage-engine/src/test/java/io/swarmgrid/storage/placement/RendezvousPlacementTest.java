package io.swarmgrid.storage.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousPlacementTest {
    private static final int KEYS = 20_000;
    private static final long GIB = 1L << 30;

    @Test
    void spreadsEvenlyOverEqualNodes() {
        Map<String, Integer> counts = counts(placement(equal(10)), 2);
        assertThat(counts).hasSize(10);
        // 4,000 expected; one standard deviation is 60.
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isCloseTo(4000, within(300)));
    }

    @Test
    void spreadsConsecutiveKeysAsWell() {
        Placement placement = placement(equal(4));
        Map<String, Integer> counts = new HashMap<>();
        for (long key = 0; key < KEYS; key++) {
            counts.merge(first(placement, key), 1, Integer::sum);
        }
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isCloseTo(5000, within(300)));
    }

    @Test
    void givesANodeOfTwiceTheCapacityTwiceTheBlocks() {
        Placement placement = placement(List.of(node("a", "z", 100), node("b", "z", 100), node("c", "z", 200)));
        Map<String, Integer> counts = counts(placement, 1);
        assertThat(counts.get("a")).isCloseTo(5000, within(300));
        assertThat(counts.get("b")).isCloseTo(5000, within(300));
        assertThat(counts.get("c")).isCloseTo(10_000, within(300));
    }

    @Test
    void movesOnlyWhatALostNodeHeld() {
        List<GridNodeInfo> before = equal(8);
        List<GridNodeInfo> after = before.subList(0, 7);
        String lost = before.get(7).name();
        forEachKey(key -> {
            List<String> old = names(placement(before).choose(key, 3, 1, Set.of()));
            List<String> now = names(placement(after).choose(key, 3, 1, Set.of()));
            List<String> kept = new ArrayList<>(old);
            kept.remove(lost);
            assertThat(now).as("key %s", key).containsAll(kept);
        });
    }

    @Test
    void movesOnlyToANewNode() {
        List<GridNodeInfo> before = equal(7);
        List<GridNodeInfo> after = equal(8);
        Set<String> names = new HashSet<>(names(before));
        int[] moved = {0};
        forEachKey(key -> {
            List<String> old = names(placement(before).choose(key, 2, 1, Set.of()));
            List<String> now = new ArrayList<>(names(placement(after).choose(key, 2, 1, Set.of())));
            now.removeAll(old);
            now.forEach(name -> assertThat(names).as("key %s", key).doesNotContain(name));
            moved[0] += now.size();
        });
        // The new node's fair part: 2 of 8 copies in a grid of 8, over a thousand keys.
        assertThat(moved[0]).isCloseTo(250, within(50));
    }

    @Test
    void movesOnlyToANodeThatGrew() {
        List<GridNodeInfo> before = List.of(node("a", "z", 100), node("b", "z", 100), node("c", "z", 100));
        List<GridNodeInfo> after = List.of(node("a", "z", 100), node("b", "z", 100), node("c", "z", 150));
        forEachKey(key -> {
            String now = first(placement(after), key);
            if (!now.equals("c")) {
                assertThat(now).as("key %s", key).isEqualTo(first(placement(before), key));
            }
        });
    }

    @Test
    void usesDistinctZonesFirstAndThenFills() {
        List<GridNodeInfo> nodes =
                List.of(node("a1", "a", 100), node("a2", "a", 100), node("a3", "a", 100), node("b1", "b", 100));
        forEachKey(key -> {
            List<GridNodeInfo> two = placement(nodes).choose(key, 2, 1, Set.of());
            assertThat(two).extracting(GridNodeInfo::zone).as("key %s", key).containsExactlyInAnyOrder("a", "b");
            List<GridNodeInfo> three = placement(nodes).choose(key, 3, 1, Set.of());
            assertThat(three)
                    .as("key %s", key)
                    .hasSize(3)
                    .doesNotHaveDuplicates()
                    .startsWith(two.toArray(GridNodeInfo[]::new));
        });
    }

    @Test
    void leavesOutWhoCannotTakeABlock() {
        GridNodeInfo full = new GridNodeInfo("full", "z", "grpc://full:1", true, false, 99, 100, 9, 0, 1);
        GridNodeInfo draining = new GridNodeInfo("draining", "z", "grpc://d:1", true, true, 0, 100, 100, 0, 1);
        GridNodeInfo joining = new GridNodeInfo("joining", "z", "grpc://j:1", false, false, 0, 100, 100, 0, 1);
        GridNodeInfo failed = node("failed", "z", 100);
        GridNodeInfo good = node("good", "z", 100);
        Placement placement = placement(List.of(full, draining, joining, failed, good));
        assertThat(placement.choose(7, 3, 10, Set.of("failed"))).containsExactly(good);
    }

    @Test
    void answersTheSameWhateverTheOrderOfTheNodes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<GridNodeInfo> nodes = new ArrayList<>(equal(9));
        List<GridNodeInfo> expected = placement(nodes).choose(42, 4, 1, Set.of());
        java.util.Collections.shuffle(nodes, random);
        assertThat(placement(nodes).choose(42, 4, 1, Set.of()))
                .as("seed %s", seed)
                .isEqualTo(expected);
    }

    @Test
    void fillsDisksOfDifferentSizesEvenly() {
        List<List<Integer>> grids =
                List.of(List.of(100, 200, 300), List.of(100, 100, 200, 400), List.of(50, 100, 100, 100, 200, 200));
        for (List<Integer> capacities : grids) {
            int total = capacities.stream().mapToInt(Integer::intValue).sum();
            List<GridNodeInfo> nodes = new ArrayList<>();
            for (int i = 0; i < capacities.size(); i++) {
                nodes.add(node("n" + i, "default", capacities.get(i)));
            }
            Random random = new Random(4711);
            for (int copies = 0; copies + 2 <= total * 85 / 100; copies += 2) {
                List<GridNodeInfo> chosen = placement(nodes).choose(random.nextLong(), 2, GIB, Set.of());
                assertThat(chosen).as("%s, after %s copies", capacities, copies).hasSize(2);
                chosen.forEach(node -> nodes.replaceAll(each -> each.name().equals(node.name()) ? taking(each) : each));
            }
        }
    }

    @Test
    void keepsTheOrderHoweverFullNodesAre() {
        List<GridNodeInfo> nodes = equal(4);
        forEachKey(key -> {
            List<String> before = names(placement(nodes).order(key));
            List<GridNodeInfo> filled = new ArrayList<>(nodes);
            filled.set(2, taking(filled.get(2), 99));
            assertThat(names(placement(filled).order(key))).as("key %s", key).isEqualTo(before);
            assertThat(before).isEqualTo(names(placement(nodes).choose(key, 4, 1, Set.of())));
        });
    }

    @Test
    void sendsLessToAFullerNodeAndNotAllToAnEmptyOne() {
        List<GridNodeInfo> nodes = new ArrayList<>(equal(4));
        nodes.replaceAll(node -> node.name().equals("n4") ? node : taking(node, 50));
        assertThat(counts(placement(nodes), 1).get("n4")).isBetween(KEYS / 4, KEYS * 3 / 4);
    }

    @Test
    void findsAKeyThatPutsThisNodeFirstAndSpreadsTheOtherCopies() {
        List<GridNodeInfo> nodes = equal(4);
        Placement here = placement(nodes, nodes.get(2));
        Map<String, Integer> seconds = new HashMap<>();
        int[] others = {0};
        new Random(4711).longs(KEYS).forEach(key -> {
            List<String> order = names(here.order(here.keyHere(key, Set.of())));
            if (order.get(0).equals(nodes.get(2).name())) {
                seconds.merge(order.get(1), 1, Integer::sum);
            } else {
                others[0]++;
            }
        });
        assertThat(others[0]).isLessThan(KEYS / 500);
        assertThat(seconds).hasSize(3);
        assertThat(seconds.values()).allSatisfy(count -> assertThat(count).isBetween(KEYS / 4, KEYS * 5 / 12));
    }

    @Test
    void keepsTheKeyWhereThisNodeIsFullerOrTakesNothing() {
        List<GridNodeInfo> nodes = new ArrayList<>(equal(4));
        nodes.replaceAll(node -> node.name().equals("n3") ? taking(node, 10) : node);
        forEachKey(key -> assertThat(placement(nodes, nodes.get(2)).keyHere(key, Set.of()))
                .isEqualTo(key));
        GridNodeInfo draining = new GridNodeInfo("draining", "z", "grpc://d:1", true, true, 0, 100, 100, 0, 1);
        List<GridNodeInfo> more = List.of(nodes.get(0), nodes.get(1), draining);
        assertThat(placement(more, draining).keyHere(7, Set.of())).isEqualTo(7);
        assertThat(placement(more, more.get(0)).keyHere(7, Set.of(more.get(0).name())))
                .isEqualTo(7);
    }

    private static GridNodeInfo taking(GridNodeInfo node) {
        return taking(node, 1);
    }

    private static GridNodeInfo taking(GridNodeInfo node, int gib) {
        return new GridNodeInfo(
                node.name(),
                node.zone(),
                node.location(),
                node.voter(),
                node.draining(),
                node.usedBytes() + gib * GIB,
                node.capacityBytes(),
                node.freeBytes() - gib * GIB,
                0,
                1);
    }

    private static void forEachKey(java.util.function.LongConsumer check) {
        long seed = System.nanoTime();
        new Random(seed).longs(1000).forEach(check);
    }

    private static Map<String, Integer> counts(Placement placement, int count) {
        Map<String, Integer> counts = new HashMap<>();
        new Random(4711).longs(KEYS).forEach(key -> placement
                .choose(key, count, 1, Set.of())
                .forEach(node -> counts.merge(node.name(), 1, Integer::sum)));
        return counts;
    }

    private static String first(Placement placement, long key) {
        return placement.choose(key, 1, 1, Set.of()).get(0).name();
    }

    private static List<String> names(List<GridNodeInfo> nodes) {
        return nodes.stream().map(GridNodeInfo::name).toList();
    }

    private static List<GridNodeInfo> equal(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> node("n" + number, "default", 100))
                .toList();
    }

    private static GridNodeInfo node(String name, String zone, int capacityGib) {
        long capacity = capacityGib * GIB;
        return new GridNodeInfo(name, zone, "grpc://" + name + ":1", true, false, 0, capacity, capacity, 0, 1);
    }

    private static Placement placement(List<GridNodeInfo> nodes) {
        return placement(nodes, nodes.get(0));
    }

    private static Placement placement(List<GridNodeInfo> nodes, GridNodeInfo local) {
        return new RendezvousPlacement(new Nodes() {
            @Override
            public GridNodeInfo local() {
                return local;
            }

            @Override
            public List<GridNodeInfo> live() {
                return nodes;
            }

            @Override
            public Optional<GridNodeInfo> find(String name) {
                return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
            }

            @Override
            public boolean hasQuorum() {
                return true;
            }

            @Override
            public void requireQuorum() {}
        });
    }
}
