package io.swarmgrid.storage.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.replica.LostReplicaException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/*
 * A write is acknowledged once storage.min-replicas nodes have it, or all of a grid that has fewer. A node that fails a writer does not make
 * the grid smaller, else two full disks of three would leave files of one copy: only one that has left it does. A connection breaks before
 * the grid has noticed that its node is gone. Where there are others to go on with that does not matter; where there are too few, this waits
 * until the grid would have noticed. A node that is there then, or again, is tried once more: it was cut off for a moment, or was started
 * anew. One that says itself that it has no room, or too much to do, is believed, and nobody waits for that to change.
 */
/** Which nodes one file can be written to: who is there, and who failed its writer. Thread-safe. */
final class Takers {
    private static final long LOOK_EVERY_MS = 50;
    private static final Set<ErrorCode> REFUSALS =
            Set.of(ErrorCode.NO_SPACE, ErrorCode.OVERLOADED, ErrorCode.PRECONDITION_FAILED);

    private final Nodes nodes;
    private final StorageConfig config;
    private final OpenFile file;
    /** After so long the grid knows who is gone. */
    private final long noticedNanos;

    @GuardedBy("this")
    private final Map<String, Failure> failures = new HashMap<>();

    private volatile boolean givenUp;

    /**
     * @param again whether it was tried once more, and failed soon
     * @param left whether it has been out of the grid since
     * @param out whether it is left out; else it was let in again
     */
    private record Failure(GridException error, long sinceNanos, boolean again, boolean left, boolean out) {
        /** It lives, and says so. */
        boolean isRefusal() {
            return REFUSALS.contains(error.code());
        }

        /** It has nothing of the block that it was to go on with, or another writer has: perhaps it was started anew. */
        boolean isOfOneBlock() {
            return error.code() == ErrorCode.PRECONDITION_FAILED && !again;
        }
    }

    Takers(Nodes nodes, StorageConfig config, OpenFile file) {
        this.nodes = nodes;
        this.config = config;
        this.file = file;
        // What is open on the others waits for its writer for some leases.
        this.noticedNanos = Math.min(
                nodes.noticesLossWithin().toNanos(), config.leaseDuration().toNanos());
    }

    /** Leaves a node out from now on. */
    synchronized void failed(LostReplicaException lost) {
        long now = System.nanoTime();
        Failure before = failures.get(lost.node());
        if (before != null && before.out) {
            return; // told by another block of the file
        }
        boolean again = before != null && !before.left && now - before.sinceNanos < 2 * noticedNanos;
        failures.put(lost.node(), new Failure(lost.error(), now, again, false, true));
    }

    synchronized boolean hasFailed(String node) {
        Failure failure = failures.get(node);
        return failure != null && failure.out;
    }

    /** How many copies there must be: {@code storage.min-replicas}, or as many as the file has, or all nodes of a smaller grid. */
    int required() {
        return required(members());
    }

    private int required(List<GridNodeInfo> members) {
        int wanted = Math.min(config.minReplicas(), file.replicas());
        return Math.max(1, Math.min(wanted, members.size()));
    }

    /**
     * Whether these nodes are as many as there must be. Where they are too few, and there are no others, it waits until the grid must have
     * noticed who is gone.
     */
    boolean areEnough(Collection<String> these) {
        while (true) {
            List<GridNodeInfo> members = members();
            int required = required(members);
            if (these.size() >= required) {
                return true;
            }
            long others = members.stream()
                    .filter(node -> canTake(node) && !these.contains(node.name()))
                    .count();
            if (these.size() + others >= required || !mayBeGone(members)) {
                return false;
            }
            pause();
        }
    }

    /** Whom to leave out of the next block, once as many as there must be can take it, or no more can be waited for. */
    Set<String> leftOut() {
        long begunNanos = System.nanoTime();
        while (true) {
            List<GridNodeInfo> members = members();
            long able = members.stream().filter(this::canTake).count();
            if (able >= required(members)) {
                return out();
            }
            if (!letInAgain(members)) {
                boolean silent = members.stream().anyMatch(node -> node.freeBytes() < 0)
                        && System.nanoTime() - begunNanos < noticedNanos;
                if (!silent && !mayBeGone(members)) {
                    return out();
                }
                pause();
            }
        }
    }

    /**
     * Waits until one of these has left the grid.
     *
     * @param sinceNanos when they failed
     * @return false where all are still there after the grid must have noticed
     */
    boolean oneLeaves(Collection<String> these, long sinceNanos) {
        while (!these.isEmpty()) {
            if (these.stream().anyMatch(name -> nodes.find(name).isEmpty())) {
                return true;
            }
            if (System.nanoTime() - sinceNanos >= noticedNanos) {
                return false;
            }
            pause();
        }
        return false;
    }

    /** Ends what is being waited for. */
    void giveUp() {
        givenUp = true;
    }

    /**
     * That the file cannot be written on.
     *
     * @param able who could take a block
     */
    GridException tooFew(Collection<String> able, @Nullable Throwable cause) {
        List<GridNodeInfo> members = members();
        Set<ErrorCode> codes = EnumSet.noneOf(ErrorCode.class);
        List<String> why = new ArrayList<>();
        String hint = null;
        for (GridNodeInfo node : members) {
            GridException error = failureOf(node.name());
            if (error != null) {
                codes.add(error.code());
                why.add(told(node.name(), error));
                hint = hint == null ? error.hint() : hint;
            } else if (!able.contains(node.name())) {
                codes.add(node.freeBytes() < 0 ? ErrorCode.UNAVAILABLE : ErrorCode.NO_SPACE);
                why.add("node=" + node.name()
                        + (node.freeBytes() < 0 ? " has not said yet what it can take" : " has no room"));
            }
        }
        int required = required(members);
        return new GridException(
                code(codes),
                "only " + able + " can take a block of " + file.path() + ", at least " + required
                        + " nodes must (storage.min-replicas=" + config.minReplicas() + "): " + String.join(", ", why),
                file.path().toString(),
                (hint == null ? "see to the nodes that cannot, or add one" : hint)
                        + (required > 1 ? ", or lower storage.min-replicas" : ""),
                cause);
    }

    /** That all who had a block are lost. */
    synchronized ErrorCode codeOf(Collection<String> lost) {
        boolean full = true;
        for (String node : lost) {
            Failure failure = failures.get(node);
            full &= failure != null && failure.error.code() == ErrorCode.NO_SPACE;
        }
        return full ? ErrorCode.NO_SPACE : ErrorCode.UNAVAILABLE;
    }

    static String told(String node, GridException error) {
        return "node=" + node + " failed: " + error.getMessage();
    }

    private static ErrorCode code(Set<ErrorCode> codes) {
        if (!codes.isEmpty() && EnumSet.of(ErrorCode.NO_SPACE).containsAll(codes)) {
            return ErrorCode.NO_SPACE;
        }
        boolean refused = !codes.isEmpty()
                && EnumSet.of(ErrorCode.NO_SPACE, ErrorCode.OVERLOADED).containsAll(codes);
        return refused ? ErrorCode.OVERLOADED : ErrorCode.UNAVAILABLE;
    }

    /** Who is in the grid to hold blocks, as of now. */
    private List<GridNodeInfo> members() {
        List<GridNodeInfo> live = nodes.live();
        Set<String> names = live.stream().map(GridNodeInfo::name).collect(Collectors.toSet());
        synchronized (this) {
            failures.replaceAll((name, failure) -> names.contains(name)
                    ? failure
                    : new Failure(failure.error, failure.sinceNanos, failure.again, true, failure.out));
        }
        return live.stream().filter(node -> node.voter() && !node.draining()).toList();
    }

    private boolean canTake(GridNodeInfo node) {
        return node.freeBytes() >= config.blockSize().bytes() && !hasFailed(node.name());
    }

    private synchronized Set<String> out() {
        return failures.entrySet().stream()
                .filter(each -> each.getValue().out)
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private synchronized @Nullable GridException failureOf(String node) {
        Failure failure = failures.get(node);
        return failure == null || !failure.out ? null : failure.error;
    }

    /** Whether one that failed just now may have gone without the grid having noticed. */
    private synchronized boolean mayBeGone(List<GridNodeInfo> members) {
        long now = System.nanoTime();
        String here = nodes.local().name();
        for (GridNodeInfo node : members) {
            Failure failure = failures.get(node.name());
            if (failure != null
                    && failure.out
                    && !failure.again
                    && !failure.isRefusal()
                    && !node.name().equals(here)
                    && now - failure.sinceNanos < noticedNanos) {
                return true;
            }
        }
        return false;
    }

    /** Those that failed and are there all the same, or are there again; false where there is none. */
    private synchronized boolean letInAgain(List<GridNodeInfo> members) {
        long now = System.nanoTime();
        boolean some = false;
        for (GridNodeInfo node : members) {
            Failure failure = failures.get(node.name());
            if (failure != null
                    && failure.out
                    && (failure.left || failure.isOfOneBlock() || now - failure.sinceNanos >= noticedNanos)) {
                failures.put(
                        node.name(),
                        new Failure(failure.error, failure.sinceNanos, failure.again, failure.left, false));
                some = true;
            }
        }
        return some;
    }

    private void pause() {
        try {
            if (!givenUp) {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted: write of " + file.path(), e);
        }
        if (givenUp) {
            throw new GridException(ErrorCode.CANCELLED, "the write was given up: path=" + file.path());
        }
    }
}
