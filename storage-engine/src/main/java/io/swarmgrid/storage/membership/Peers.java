package io.swarmgrid.storage.membership;

/** Small messages between live nodes, and the news of who they are. Thread-safe. */
public interface Peers {
    /**
     * Sends without waiting for an answer: at most once, in no order, and lost without a word where the node is gone. A
     * message to this node itself arrives too.
     *
     * @param topic which receivers take it
     * @param message at most 1 MiB
     */
    void send(String node, String topic, byte[] message);

    /** Takes the messages of a topic from now on, until the engine closes. A receiver must not block. */
    void receive(String topic, Receiver receiver);

    /** Takes one message, on a thread of the engine. */
    @FunctionalInterface
    interface Receiver {
        void accept(String fromNode, byte[] message);
    }

    /**
     * Counts what moves partitions of the metadata (nodes that come and go, changes of the voters): while it stays the same,
     * every partition keeps its primary, and the same number means the same primaries on every node. 0 while the partitions
     * are still following a change.
     */
    long settledVersion();

    /** Runs after every change of who is in the grid, and again when {@link #settledVersion} moves. It must not block. */
    void onChange(Runnable listener);
}
