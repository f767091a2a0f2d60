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
     * The number of the latest change of who is in the grid that this node's metadata has wholly followed: every partition
     * has its new primary. The same number means the same change on every node.
     */
    long settledVersion();

    /** Runs after every change of who is in the grid, of the voters and of the grid's activity. It must not block. */
    void onChange(Runnable listener);
}
