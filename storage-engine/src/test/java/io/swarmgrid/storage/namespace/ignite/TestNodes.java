package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.SafeModeStatus;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Keepable;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.placement.Placement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Nodes and placement as a test sets them: everybody can take every block, in order of name. */
final class TestNodes implements Nodes, Placement {
    private final String local;
    private volatile List<GridNodeInfo> live;
    private volatile List<Keepable> keepable = List.of();
    private volatile boolean quorum = true;
    private volatile boolean stillIn = true;
    private volatile SafeModeStatus safeMode = SafeModeStatus.OFF;
    private final AtomicLong questions = new AtomicLong(Long.MAX_VALUE);

    TestNodes(String local, List<String> names) {
        this.local = local;
        this.live = nodes(names);
    }

    private static List<GridNodeInfo> nodes(List<String> names) {
        return names.stream()
                .map(name -> new GridNodeInfo(
                        name, "zone-" + name, "grpc://127.0.0.1/" + name, true, false, 0, 1 << 30, 1 << 30, 0, 1))
                .toList();
    }

    void live(List<String> names) {
        live = nodes(names);
    }

    /** What each of them may keep near. */
    void keepable(List<Keepable> each) {
        keepable = each;
    }

    @Override
    public List<Keepable> keepable(String node) {
        return keepable;
    }

    void quorum(boolean has) {
        quorum = has;
    }

    void stillIn(boolean granted) {
        stillIn = granted;
    }

    void safeMode(boolean on) {
        safeMode = on ? new SafeModeStatus(true, 1L, "alice") : SafeModeStatus.OFF;
    }

    @Override
    public SafeModeStatus safeMode() {
        return safeMode;
    }

    /** It is lost after it was asked for so often. */
    void quorumFor(long times) {
        questions.set(times);
    }

    @Override
    public GridNodeInfo local() {
        return nodes(List.of(local)).get(0);
    }

    @Override
    public List<GridNodeInfo> live() {
        return live;
    }

    @Override
    public Optional<GridNodeInfo> find(String name) {
        return live.stream().filter(node -> node.name().equals(name)).findFirst();
    }

    @Override
    public boolean hasQuorum() {
        return quorum;
    }

    @Override
    public void requireQuorum() {
        if (!quorum || questions.getAndDecrement() <= 0) {
            throw new GridException(ErrorCode.NO_QUORUM, "no majority: missing n2, n3");
        }
    }

    @Override
    public void requireStillIn() {
        if (!stillIn) {
            throw new GridException(ErrorCode.NO_QUORUM, "no majority has answered: they may have gone on without n1");
        }
    }

    @Override
    public List<GridNodeInfo> order(long placementKey) {
        return live;
    }

    @Override
    public long keyHere(long placementKey, Set<String> avoid) {
        return placementKey;
    }

    @Override
    public List<GridNodeInfo> choose(long placementKey, int count, long sizeBytes, Set<String> avoid) {
        return live.stream()
                .filter(node -> !avoid.contains(node.name()))
                .limit(count)
                .toList();
    }
}
