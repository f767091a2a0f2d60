package io.swarmgrid.storage.membership;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.internal.IgniteEx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages by Ignite's own connections; receivers survive a restart of the engine. */
final class IgnitePeers implements Peers {
    private static final Logger LOG = LoggerFactory.getLogger(IgnitePeers.class);
    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    private final EngineView engine;
    private final Map<String, Receiver> receivers = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    IgnitePeers(EngineView engine) {
        this.engine = engine;
    }

    @Override
    public void send(String node, String topic, byte[] message) {
        if (message.length > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException("message too large: topic=" + topic + ", bytes=" + message.length);
        }
        IgniteEx ignite = engine.engine();
        ClusterNode target = find(node);
        if (ignite == null || target == null) {
            LOG.debug("message dropped: node={} is not live, topic={}", node, topic);
            return;
        }
        try {
            ignite.message(ignite.cluster().forNode(target)).send(topic, message);
        } catch (IgniteException | IllegalStateException e) {
            LOG.debug("message lost: node={}, topic={}", node, topic, e);
        }
    }

    @Override
    public void receive(String topic, Receiver receiver) {
        receivers.put(topic, receiver);
        IgniteEx ignite = engine.engine();
        if (ignite != null) {
            listen(ignite, topic, receiver);
        }
    }

    /** Registers what was asked for before the engine ran. */
    void attach(IgniteEx ignite) {
        receivers.forEach((topic, receiver) -> listen(ignite, topic, receiver));
    }

    private void listen(IgniteEx ignite, String topic, Receiver receiver) {
        ignite.message().localListen(topic, (UUID sender, byte[] message) -> {
            ClusterNode from = ignite.cluster().node(sender);
            if (from != null) {
                deliver(receiver, Attributes.name(from), message);
            }
            return true;
        });
    }

    private static void deliver(Receiver receiver, String from, byte[] message) {
        try {
            receiver.accept(from, message);
        } catch (RuntimeException e) {
            // Whatever one message breaks, the receiver stays: Ignite would take it off.
            LOG.warn("message refused: node={}", from, e);
        }
    }

    @Override
    public long settledVersion() {
        return engine.settledVersion();
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void changed() {
        listeners.forEach(Runnable::run);
    }

    private @Nullable ClusterNode find(String name) {
        return engine.servers().stream()
                .filter(node -> Attributes.name(node).equals(name))
                .findFirst()
                .orElse(null);
    }
}
