package io.swarmgrid.storage.membership;

import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.RepairStatus;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Messages: a byte, then the load as JSON. HELLO asks for the receiver's load at once, so that a node that has just come
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
    private static final long PERIOD_NANOS = 1_000_000_000L;

    private final IgnitePeers peers;
    private final LiveNodes nodes;
    private final LongSupplier nanoTime;
    private volatile @Nullable Supplier<NodeLoad> source;
    private volatile RepairStatus totals = new RepairStatus(0, 0, 0, 0, 0, 0, 0);
    private @Nullable NodeLoad lastSent;
    private long lastSentNanos;

    LoadExchange(IgnitePeers peers, LiveNodes nodes, LongSupplier nanoTime) {
        this.peers = peers;
        this.nodes = nodes;
        this.nanoTime = nanoTime;
        peers.receive(TOPIC, this::receive);
    }

    void publish(Supplier<NodeLoad> load) {
        source = load;
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

    private void addUp() {
        long version = peers.settledVersion();
        boolean complete = version != 0;
        RepairStatus sum = new RepairStatus(0, 0, 0, 0, 0, 0, 0);
        for (GridNodeInfo node : nodes.live()) {
            NodeLoad load = nodes.load(node.name());
            complete &= load.walkedVersion() == version;
            sum = plus(sum, load.repair());
        }
        RepairStatus before = totals;
        totals = complete
                ? sum
                : new RepairStatus(
                        Math.max(before.underReplicatedBlocks(), sum.underReplicatedBlocks()),
                        Math.max(before.unavailableBlocks(), sum.unavailableBlocks()),
                        Math.max(before.surplusReplicas(), sum.surplusReplicas()),
                        Math.max(before.pendingBytes(), sum.pendingBytes()),
                        sum.copiedBlocks(),
                        sum.copiedBytes(),
                        sum.rateBytesPerSecond());
    }

    private static RepairStatus plus(RepairStatus a, RepairStatus b) {
        return new RepairStatus(
                a.underReplicatedBlocks() + b.underReplicatedBlocks(),
                a.unavailableBlocks() + b.unavailableBlocks(),
                a.surplusReplicas() + b.surplusReplicas(),
                a.pendingBytes() + b.pendingBytes(),
                a.copiedBlocks() + b.copiedBlocks(),
                a.copiedBytes() + b.copiedBytes(),
                a.rateBytesPerSecond() + b.rateBytesPerSecond());
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
        if (message.length > 1) {
            nodes.load(from, Json.read(Arrays.copyOfRange(message, 1, message.length), NodeLoad.class));
        }
        NodeLoad load = own();
        if (message[0] == HELLO && load != null && !from.equals(nodes.local().name())) {
            peers.send(from, TOPIC, message(LOAD, load));
        }
    }

    private @Nullable NodeLoad own() {
        Supplier<NodeLoad> load = source;
        try {
            return load == null ? null : load.get();
        } catch (RuntimeException e) {
            LOG.warn("own load is not known", e);
            return null;
        }
    }

    private static byte[] message(byte kind, @Nullable NodeLoad load) {
        byte[] json = load == null ? new byte[0] : Json.write(load);
        byte[] message = new byte[json.length + 1];
        message[0] = kind;
        System.arraycopy(json, 0, message, 1, json.length);
        return message;
    }
}
