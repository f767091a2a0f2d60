package io.swarmgrid.storage.membership;

import io.swarmgrid.client.wire.DrainStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.RepairStatus;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Messages: a byte, the time that the sender has, then the load as JSON. HELLO asks for the receiver's load at once, so that a node that has just come
 * knows everybody within one round trip instead of a second.
 *
 * The totals: a node's walks follow a change of the ring only after a moment, and the blocks whose keeper has died are
 * for that moment counted by nobody. A sum taken then would say that all is well. So the counts of work may rise at any
 * time, but fall only to a sum in which every live node has walked under the current ring.
 */
/** Tells the others what this node can take, and hears it from them. */
final class LoadExchange {
    private static final Logger LOG = LoggerFactory.getLogger(LoadExchange.class);
    private static final String TOPIC = "swarm.load";
    private static final byte LOAD = 0;
    private static final byte HELLO = 1;
    private static final int HEAD_BYTES = 1 + Long.BYTES;
    private static final long PERIOD_NANOS = 1_000_000_000L;

    private final IgnitePeers peers;
    private final LiveNodes nodes;
    private final LongSupplier nanoTime;
    private final GridClock clock;
    private final MetadataDisk disk;
    private final BooleanSupplier vacant;
    private volatile @Nullable Supplier<NodeLoad> source;
    private volatile boolean lookedOver;
    private volatile RepairStatus totals = RepairStatus.NONE;
    private volatile Map<String, DrainStatus> drains = Map.of();
    private volatile boolean balanced;
    private @Nullable NodeLoad lastSent;
    private long lastSentNanos;

    /** @param vacant whether this node has no copy of any metadata */
    LoadExchange(
            IgnitePeers peers,
            LiveNodes nodes,
            LongSupplier nanoTime,
            GridClock clock,
            MetadataDisk disk,
            BooleanSupplier vacant) {
        this.peers = peers;
        this.nodes = nodes;
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.disk = disk;
        this.vacant = vacant;
        peers.receive(TOPIC, this::receive);
    }

    void publish(Supplier<NodeLoad> load) {
        source = load;
        note();
    }

    /** From now on it is a part of the load. */
    void lookedOver() {
        lookedOver = true;
        note();
    }

    private void note() {
        NodeLoad now = own();
        if (now != null) {
            nodes.load(nodes.local().name(), now);
        }
    }

    /** Greets everybody: they answer with their loads. */
    void hello() {
        byte[] message = message(HELLO, own());
        others(message);
    }

    /** Sends the load where it is due: a second has passed, or it changed. Called by one thread. */
    void tick() {
        disk.look();
        clock.settle(nodes.live().stream().map(GridNodeInfo::name).toList());
        NodeLoad load = own();
        if (load != null) {
            nodes.load(nodes.local().name(), load);
            long now = nanoTime.getAsLong();
            if (!load.equals(lastSent) || now - lastSentNanos >= PERIOD_NANOS) {
                lastSent = load;
                lastSentNanos = now;
                others(message(LOAD, load));
            }
        }
        addUp();
    }

    RepairStatus totals() {
        return totals;
    }

    /** How far the draining nodes are, by name. */
    Map<String, DrainStatus> drains() {
        return drains;
    }

    /** Whether every keeper has walked for the evening-out that is under way, and found nothing to move. */
    boolean isBalanced() {
        return balanced;
    }

    private void addUp() {
        long version = peers.settledVersion();
        Movement movement = nodes.movement();
        boolean complete = version != 0;
        boolean evened = movement.balance() != 0;
        RepairStatus sum = RepairStatus.NONE;
        for (GridNodeInfo node : nodes.live()) {
            NodeLoad load = nodes.load(node.name());
            complete &= load.walked().version() == version;
            evened &= load.walked().balance() == movement.balance();
            sum = sum.plus(load.repair());
        }
        totals = (complete ? sum : sum.atLeast(totals)).estimated();
        balanced = complete
                && evened
                && sum.movingBlocks() == 0
                && sum.surplusReplicas() == 0
                && sum.underReplicatedBlocks() == 0;
        Map<String, DrainStatus> now = new TreeMap<>();
        for (String node : movement.draining()) {
            now.put(node, drain(node, complete));
        }
        drains = Map.copyOf(now);
    }

    /** A node is empty when every keeper has walked since it heard of the drain, and none saw a copy there. */
    private DrainStatus drain(String name, boolean complete) {
        boolean all = complete;
        long blocks = 0;
        long sizeBytes = 0;
        for (GridNodeInfo node : nodes.live()) {
            Optional<NodeLoad.Leaving> seen = nodes.load(node.name()).walked().leaving(name);
            all &= seen.isPresent();
            blocks += seen.map(NodeLoad.Leaving::blocks).orElse(0L);
            sizeBytes += seen.map(NodeLoad.Leaving::sizeBytes).orElse(0L);
        }
        return new DrainStatus(all && blocks == 0 ? DrainStatus.DRAINED : DrainStatus.DRAINING, blocks, sizeBytes);
    }

    private void others(byte[] message) {
        String own = nodes.local().name();
        for (GridNodeInfo node : nodes.live()) {
            if (!node.name().equals(own)) {
                peers.send(node.name(), TOPIC, message);
            }
        }
    }

    private void receive(String from, byte[] message) {
        clock.heard(from, ByteBuffer.wrap(message, 1, Long.BYTES).getLong());
        if (message.length > HEAD_BYTES) {
            nodes.load(from, Json.read(Arrays.copyOfRange(message, HEAD_BYTES, message.length), NodeLoad.class));
        }
        NodeLoad load = own();
        if (message[0] == HELLO && load != null && !from.equals(nodes.local().name())) {
            peers.send(from, TOPIC, message(LOAD, load));
        }
    }

    /** Null where there is nothing to tell yet. */
    private @Nullable NodeLoad own() {
        Supplier<NodeLoad> load = source;
        boolean isVacant = vacant.getAsBoolean();
        boolean tells = lookedOver || isVacant;
        NodeLoad now;
        try {
            now = load == null ? null : load.get();
        } catch (RuntimeException e) {
            LOG.warn("own load is not known", e);
            now = tells ? nodes.load(nodes.local().name()) : null;
        }
        return now == null && !tells
                ? null
                : Objects.requireNonNullElse(now, NodeLoad.UNKNOWN)
                        .looked(lookedOver)
                        .vacant(isVacant)
                        .lacking(disk.lack());
    }

    private byte[] message(byte kind, @Nullable NodeLoad load) {
        byte[] json = load == null ? new byte[0] : Json.write(load);
        return ByteBuffer.allocate(HEAD_BYTES + json.length)
                .put(kind)
                .putLong(clock.ownMs())
                .put(json)
                .array();
    }
}
