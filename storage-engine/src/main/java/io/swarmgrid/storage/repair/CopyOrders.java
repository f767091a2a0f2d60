package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.membership.Peers;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/*
 * Each walk replaces what waits: the newest look at the grid is the only one worth acting on. What was sent is remembered
 * until it is answered, so that no walk orders it again, but not for ever: an answer can be lost, and a node that gets the
 * same order twice finds the copy there already.
 */
/**
 * A keeper's orders: the most endangered blocks first, a few at a time to each node. What only lies better elsewhere has
 * places of its own, so that nothing that is lacking waits behind it. Thread-safe.
 */
final class CopyOrders {
    /** More than this many that wait are not remembered: the next walk finds them. */
    static final int MAX_WAITING = 8192;

    private static final long ANSWER_NANOS = 60_000_000_000L;
    /** Of what nothing is lacking without. */
    private static final int BESIDES_PER_NODE = 2;

    private static final int MAX_REFUSED = 8192;

    private final Nodes nodes;
    private final Peers peers;
    private final LongSupplier nanoTime;
    private final int perNode;
    /** Guarded by this. */
    private final Map<Lane, Deque<Wanted>> waiting = new TreeMap<>();
    /** Guarded by this. */
    private final Map<Order, Sent> sent = new HashMap<>();
    /** Near copies that could not be made, and since when: others are asked meanwhile. Guarded by this. */
    private final Map<Order, Long> refused = new LinkedHashMap<>();

    /** One copy that is to be made, and how many there are by now. */
    record Wanted(BlockRecord block, String fetcher, int live, Urgency urgency) {
        static final Comparator<Wanted> MOST_ENDANGERED_FIRST = Comparator.comparing(Wanted::urgency)
                .thenComparingInt(Wanted::live)
                .thenComparingLong(wanted -> wanted.block().lengthBytes())
                .thenComparing(wanted -> wanted.block().id());

        private Lane lane() {
            return new Lane(fetcher, urgency == Urgency.LEAVING ? Urgency.LACKING : urgency);
        }
    }

    private record Order(BlockId block, String fetcher) {}

    private record Sent(Lane lane, long sizeBytes, long nanos) {}

    /** What waits for one node, and does not wait for the rest. */
    private record Lane(String fetcher, Urgency kind) implements Comparable<Lane> {
        boolean isNear() {
            return kind == Urgency.NEAR || kind == Urgency.HOT;
        }

        @Override
        public int compareTo(Lane other) {
            return Comparator.comparing(Lane::kind).thenComparing(Lane::fetcher).compare(this, other);
        }
    }

    /** @param perNode orders that one node has of this keeper at once */
    CopyOrders(Nodes nodes, Peers peers, int perNode, LongSupplier nanoTime) {
        this.nodes = nodes;
        this.peers = peers;
        this.perNode = perNode;
        this.nanoTime = nanoTime;
    }

    /** Replaces what waits, and sends what has room. */
    void replace(Collection<Wanted> wanted) {
        synchronized (this) {
            waiting.clear();
            wanted.stream()
                    .sorted(Wanted.MOST_ENDANGERED_FIRST)
                    .limit(MAX_WAITING)
                    .forEach(copy -> waiting.computeIfAbsent(copy.lane(), lane -> new ArrayDeque<>())
                            .add(copy));
        }
        send();
    }

    /** How many copies of a block are under way, by the names of the nodes that make them. */
    synchronized Set<String> underWay(BlockId block) {
        return sent.keySet().stream()
                .filter(order -> order.block().equals(block))
                .map(Order::fetcher)
                .collect(Collectors.toSet());
    }

    /** Whether a node could not make a near copy a moment ago. */
    synchronized boolean hasRefused(BlockId block, String node) {
        return refused.containsKey(new Order(block, node));
    }

    /** Bytes of the blocks that are on their way to where they only lie better. */
    synchronized Map<BlockId, Long> spreading() {
        Map<BlockId, Long> sizes = new HashMap<>();
        sent.forEach((order, what) -> {
            if (what.lane().kind() == Urgency.SPREAD) {
                sizes.put(order.block(), what.sizeBytes());
            }
        });
        return sizes;
    }

    /** Forgets orders of nodes that are gone and those that were never answered. */
    synchronized void expire() {
        long now = nanoTime.getAsLong();
        sent.entrySet()
                .removeIf(order -> now - order.getValue().nanos() > ANSWER_NANOS
                        || nodes.find(order.getKey().fetcher()).isEmpty());
        refused.values().removeIf(since -> now - since > ANSWER_NANOS);
    }

    /** Forgets what a node was to do that has just started: it knows of no order that was sent before. */
    synchronized void startedAnew(String node) {
        sent.keySet().removeIf(order -> order.fetcher().equals(node));
        refused.keySet().removeIf(order -> order.fetcher().equals(node));
    }

    /**
     * Takes an answer.
     *
     * @return whether that was the last one: nothing waits and nothing is under way
     */
    boolean done(BlockId block, String fetcher, RepairMessage.Outcome outcome) {
        synchronized (this) {
            Sent answered = sent.remove(new Order(block, fetcher));
            if (outcome == RepairMessage.Outcome.FAILED
                    && answered != null
                    && answered.lane().isNear()) {
                refused.put(new Order(block, fetcher), nanoTime.getAsLong());
                if (refused.size() > MAX_REFUSED) {
                    refused.remove(refused.keySet().iterator().next());
                }
            }
            if (outcome == RepairMessage.Outcome.BUSY && answered != null) {
                // Others fill that node's queue: leave it alone until the next walk.
                waiting.remove(answered.lane());
            }
        }
        send();
        synchronized (this) {
            return sent.isEmpty() && waiting.isEmpty();
        }
    }

    private void send() {
        List<Wanted> now = new ArrayList<>();
        synchronized (this) {
            long time = nanoTime.getAsLong();
            waiting.forEach((lane, copies) -> {
                long room = (lane.kind() == Urgency.LACKING ? perNode : BESIDES_PER_NODE) - countSent(lane);
                while (room > 0 && !copies.isEmpty()) {
                    Wanted copy = copies.remove();
                    Order order = new Order(copy.block().id(), copy.fetcher());
                    if (sent.putIfAbsent(order, new Sent(lane, copy.block().lengthBytes(), time)) == null) {
                        now.add(copy);
                        room--;
                    }
                }
            });
            waiting.values().removeIf(Deque::isEmpty);
        }
        for (Wanted copy : now) {
            byte[] message = new RepairMessage.Order(copy.block(), copy.urgency()).encode();
            peers.send(copy.fetcher(), Repair.TOPIC, message);
        }
    }

    private long countSent(Lane lane) {
        return sent.values().stream().filter(order -> order.lane().equals(lane)).count();
    }
}
