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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/*
 * Each walk replaces what waits: the newest look at the grid is the only one worth acting on. What was sent is remembered
 * until it is answered, so that no walk orders it again, but not for ever: an answer can be lost, and a node that gets the
 * same order twice finds the copy there already.
 */
/** A keeper's orders: the most endangered blocks first, a few at a time to each node. Thread-safe. */
final class CopyOrders {
    /** More than this many that wait are not remembered: the next walk finds them. */
    static final int MAX_WAITING = 8192;

    private static final long ANSWER_NANOS = 60_000_000_000L;

    private final Nodes nodes;
    private final Peers peers;
    private final LongSupplier nanoTime;
    private final int perNode;
    /** By the name of the node that is to copy; guarded by this. */
    private final Map<String, Deque<BlockRecord>> waiting = new TreeMap<>();
    /** When each order was sent; guarded by this. */
    private final Map<Sent, Long> sent = new HashMap<>();

    /** One copy that is to be made, and how many there are by now. */
    record Wanted(BlockRecord block, String fetcher, int live) {
        static final Comparator<Wanted> MOST_ENDANGERED_FIRST = Comparator.comparingInt(Wanted::live)
                .thenComparingLong(wanted -> wanted.block().lengthBytes())
                .thenComparing(wanted -> wanted.block().id());
    }

    private record Sent(BlockId block, String fetcher) {}

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
                    .forEach(copy -> waiting.computeIfAbsent(copy.fetcher(), name -> new ArrayDeque<>())
                            .add(copy.block()));
        }
        send();
    }

    /** How many copies of a block are under way, by the names of the nodes that make them. */
    synchronized Set<String> underWay(BlockId block) {
        return sent.keySet().stream()
                .filter(order -> order.block().equals(block))
                .map(Sent::fetcher)
                .collect(Collectors.toSet());
    }

    /** Forgets orders of nodes that are gone and those that were never answered. */
    synchronized void expire() {
        long now = nanoTime.getAsLong();
        sent.entrySet()
                .removeIf(order -> now - order.getValue() > ANSWER_NANOS
                        || nodes.find(order.getKey().fetcher()).isEmpty());
    }

    /**
     * Takes an answer.
     *
     * @return whether that was the last one: nothing waits and nothing is under way
     */
    boolean done(BlockId block, String fetcher, RepairMessage.Outcome outcome) {
        synchronized (this) {
            sent.remove(new Sent(block, fetcher));
            if (outcome == RepairMessage.Outcome.BUSY) {
                // Others fill that node's queue: leave it alone until the next walk.
                waiting.remove(fetcher);
            }
        }
        send();
        synchronized (this) {
            return sent.isEmpty() && waiting.isEmpty();
        }
    }

    private void send() {
        List<Map.Entry<String, BlockRecord>> now = new ArrayList<>();
        synchronized (this) {
            long time = nanoTime.getAsLong();
            waiting.forEach((fetcher, blocks) -> {
                long room = perNode - countSent(fetcher);
                while (room > 0 && !blocks.isEmpty()) {
                    BlockRecord block = blocks.remove();
                    if (sent.putIfAbsent(new Sent(block.id(), fetcher), time) == null) {
                        now.add(Map.entry(fetcher, block));
                        room--;
                    }
                }
            });
            waiting.values().removeIf(Deque::isEmpty);
        }
        now.forEach(
                order -> peers.send(order.getKey(), Repair.TOPIC, new RepairMessage.Order(order.getValue()).encode()));
    }

    private long countSent(String fetcher) {
        Stream<Sent> orders = sent.keySet().stream();
        return orders.filter(order -> order.fetcher().equals(fetcher)).count();
    }
}
