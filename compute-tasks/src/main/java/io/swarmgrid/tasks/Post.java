package io.swarmgrid.tasks;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterGroup;
import org.apache.ignite.lang.IgniteBiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Short notes between nodes. A note may be lost, late or double: it only tells where to look. Thread-safe. */
final class Post implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Post.class);
    private static final String TOPIC = "swarm-tasks";

    /** What a note is about. */
    enum Kind {
        /** To a node: an attempt is assigned to it. */
        RUN,
        /** To a coordinator: a task or one of its splits has changed. */
        CHANGED,
        /** To a node: a task has ended, what still runs of it is to end. */
        ENDED,
        /** To all: how many splits a node runs at most, and how many it has. */
        LOAD
    }

    /**
     * A note.
     *
     * @param index of the split; -1 for the task itself
     * @param slots of the sender; 0 where it runs nothing
     */
    record Note(
            Kind kind,
            @Nullable String task,
            int index,
            int attempt,
            int priority,
            long submittedMs,
            int slots,
            int outstanding) {
        static Note run(TaskRecord task, SplitRecord split) {
            return new Note(
                    Kind.RUN, task.id(), split.index(), split.attempt(), task.priority(), task.submittedMs(), 0, 0);
        }

        static Note changed(String task, int index) {
            return new Note(Kind.CHANGED, task, index, 0, 0, 0, 0, 0);
        }

        static Note ended(String task) {
            return new Note(Kind.ENDED, task, -1, 0, 0, 0, 0, 0);
        }

        static Note load(int slots, int outstanding) {
            return new Note(Kind.LOAD, null, -1, 0, 0, 0, slots, outstanding);
        }
    }

    private final Ignite ignite;
    private @Nullable IgniteBiPredicate<UUID, byte[]> listener;

    Post(Ignite ignite) {
        this.ignite = ignite;
    }

    /** @param taker must not wait: it runs on the grid's own threads */
    synchronized void listen(BiConsumer<UUID, Note> taker) {
        IgniteBiPredicate<UUID, byte[]> predicate = (sender, json) -> {
            try {
                taker.accept(sender, Json.read(json, Note.class));
            } catch (GridException e) {
                log.warn("a note that cannot be read: sender={}, reason={}", sender, e.getMessage());
            }
            return true;
        };
        ignite.message().localListen(TOPIC, predicate);
        listener = predicate;
    }

    void send(UUID node, Note note) {
        send(ignite.cluster().forNodeId(node), note);
    }

    void sendToAll(Note note) {
        send(ignite.cluster().forServers(), note);
    }

    private void send(ClusterGroup group, Note note) {
        try {
            if (!group.nodes().isEmpty()) {
                ignite.message(group).send(TOPIC, Json.write(note));
            }
        } catch (IgniteException | IllegalStateException e) {
            // The other side looks at the records before long.
            log.debug("a note was not sent: note={}, reason={}", note, e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        IgniteBiPredicate<UUID, byte[]> open = listener;
        listener = null;
        if (open != null) {
            try {
                ignite.message().stopLocalListen(TOPIC, open);
            } catch (IgniteException | IllegalStateException e) {
                log.debug("the grid was gone first: reason={}", e.getMessage());
            }
        }
    }
}
