package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.SafeModeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The live nodes of the grid. Thread-safe; answers from memory. */
public interface Nodes {
    GridNodeInfo local();

    /** All that are up, this one among them, in order of name. */
    List<GridNodeInfo> live();

    Optional<GridNodeInfo> find(String name);

    /**
     * Whether nobody waits for a node any more: it is not live, and has not been for longer than {@code repair.node-grace}
     * or is no voter.
     */
    default boolean isGone(String name) {
        return find(name).isEmpty();
    }

    /** How long it takes at most until one that is gone is no longer among the live ones. */
    default Duration noticesLossWithin() {
        return Duration.ofSeconds(15);
    }

    /** Whether every voter is up: while one is waited for, nothing is moved that needs not be. */
    default boolean allPresent() {
        return true;
    }

    /** What operators have asked to be moved. */
    default Movement movement() {
        return Movement.NONE;
    }

    /** What a live node may keep near, by its own word of a moment ago: each medium that it has once. */
    default List<Keepable> keepable(String node) {
        return List.of();
    }

    /** Whether this node sees a majority of the voters, so that what it reads and writes in the metadata counts. */
    boolean hasQuorum();

    /** @throws io.swarmgrid.client.GridException NO_QUORUM that names who is missing */
    void requireQuorum();

    /**
     * Asked once something was read from this node's own copies: whether the grid had not gone on without this node by then. Waits for
     * the others where they have not been heard of for some time.
     *
     * @throws io.swarmgrid.client.GridException NO_QUORUM where no majority answers
     */
    default void requireStillIn() {}

    /**
     * Whether the grid's metadata was lost and is being made anew: until that is finished nothing is changed, copied or
     * deleted, since what the metadata does not name may still be wanted.
     */
    default boolean isRecovering() {
        return false;
    }

    /** Whether an operator has asked that names and files stay as they are. */
    default SafeModeStatus safeMode() {
        return SafeModeStatus.OFF;
    }

    /** Whether nothing may be deleted, though nobody may want it any more. */
    default boolean keepsAll() {
        return isRecovering() || safeMode().on();
    }

    /** @throws io.swarmgrid.client.GridException PRECONDITION_FAILED in safe mode */
    default void requireNoSafeMode() {
        SafeModeStatus mode = safeMode();
        if (mode.on()) {
            String since = mode.sinceMs() == null
                    ? "unknown"
                    : Instant.ofEpochMilli(mode.sinceMs()).toString();
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the grid is in safe mode and takes no change of names or files: by=" + mode.by() + ", since="
                            + since,
                    null,
                    "reads go on; whoever administers the grid ends it by swarm grid safe-mode leave",
                    null);
        }
    }

    /**
     * A grid that was ended at once, all nodes together, may have changes that were cut off: until every node has put right what it
     * has of these, nothing is built on them.
     *
     * @throws io.swarmgrid.client.GridException UNAVAILABLE that names who has not
     */
    default void requireLookedOver() {}

    /** Whether that is so. */
    default boolean isLookedOver() {
        return true;
    }

    /**
     * Each node has a part of the metadata on its disk, and ends where that is full: so one that is nearly full keeps all from what
     * makes the metadata grow.
     *
     * @throws io.swarmgrid.client.GridException NO_SPACE that names the node and the directory
     */
    default void requireMetadataRoom() {}

    /**
     * @throws io.swarmgrid.client.GridException NO_QUORUM, PRECONDITION_FAILED while the grid is being recovered, and UNAVAILABLE
     *     where it has just begun
     */
    default void requireChangeable() {
        requireNotRecovering();
        if (!safeMode().on()) { // in which names and files are not changed, and nothing is put right
            requireLookedOver();
        }
    }

    /** @throws io.swarmgrid.client.GridException NO_QUORUM, and PRECONDITION_FAILED while the grid is being recovered */
    default void requireNotRecovering() {
        requireQuorum();
        if (isRecovering()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the grid takes no changes: it has lost its metadata and is not recovered yet, or is being restored",
                    null,
                    "run swarm recover, look at what it says, then swarm recover --finish; after a restore that was broken off,"
                            + " run that again",
                    null);
        }
    }
}
