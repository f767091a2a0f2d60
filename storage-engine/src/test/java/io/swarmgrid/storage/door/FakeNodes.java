package io.swarmgrid.storage.door;

import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is up in a grid of test nodes. Thread-safe. */
final class FakeNodes {
    private final Map<String, GridNodeInfo> live = new ConcurrentSkipListMap<>();

    private volatile Duration noticesWithin = Duration.ofMinutes(1);
    private final AtomicInteger looksLeft = new AtomicInteger();
    private volatile Runnable afterLooks = () -> {};

    /** How long whoever misses a node waits for the grid to notice. */
    void noticesLossWithin(Duration atMost) {
        noticesWithin = atMost;
    }

    /** Something happens when somebody has looked so often who is there. */
    void afterLooks(int looks, Runnable what) {
        afterLooks = what;
        looksLeft.set(looks);
    }

    private void look() {
        if (looksLeft.decrementAndGet() == 0) {
            afterLooks.run();
        }
    }

    void up(String name, int port) {
        live.put(
                name,
                new GridNodeInfo(name, "z", "grpc://127.0.0.1:" + port, true, false, 0, 1L << 40, 1L << 40, 0, 1));
    }

    void down(String name) {
        live.remove(name);
    }

    /** Stands in another zone than the rest. */
    void move(String name, String zone) {
        live.computeIfPresent(
                name,
                (same, node) ->
                        new GridNodeInfo(name, zone, node.location(), true, false, 0, 1L << 40, 1L << 40, 0, 1));
    }

    /** Takes no more blocks. */
    void drain(String name) {
        live.computeIfPresent(
                name,
                (same, node) ->
                        new GridNodeInfo(name, node.zone(), node.location(), true, true, 0, 1L << 40, 1L << 40, 0, 1));
    }

    /** Those that take blocks. */
    List<String> names() {
        return live.values().stream()
                .filter(node -> !node.draining())
                .map(GridNodeInfo::name)
                .toList();
    }

    /** The grid as one of its nodes sees it. */
    Nodes seenBy(String name, GridNodeInfo self) {
        return new Nodes() {
            @Override
            public GridNodeInfo local() {
                return live.getOrDefault(name, self);
            }

            @Override
            public List<GridNodeInfo> live() {
                look();
                return List.copyOf(live.values());
            }

            @Override
            public Optional<GridNodeInfo> find(String other) {
                look();
                return Optional.ofNullable(live.get(other));
            }

            @Override
            public Duration noticesLossWithin() {
                return noticesWithin;
            }

            @Override
            public boolean hasQuorum() {
                return true;
            }

            @Override
            public void requireQuorum() {}
        };
    }

    GridNodeInfo info(String name) {
        return Objects.requireNonNull(live.get(name));
    }
}
