package io.swarmgrid.storage.door;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import org.jspecify.annotations.Nullable;

/** What {@link FakeMetadata} is told to fail with, and what others do while it works. Thread-safe. */
final class FakeTroubles {
    private int conflicts;
    private boolean epochsInDoubt;
    private boolean commitsInDoubt;
    private @Nullable ErrorCode saidOfCommits;
    private Runnable atNextEpoch = () -> {};
    private Runnable atNextAllocation = () -> {};

    /** Nobody knows from now on whether a new epoch was written down. */
    synchronized void leaveEpochsInDoubt() {
        epochsInDoubt = true;
    }

    /** Somebody else does something while a block is taken to its next epoch. */
    synchronized void atNextEpoch(Runnable other) {
        atNextEpoch = other;
    }

    /** Somebody else does something once it is decided where the next block goes. */
    synchronized void atNextAllocation(Runnable other) {
        atNextAllocation = other;
    }

    /** Nobody knows from now on whether a file was committed; none is. */
    synchronized void leaveCommitsInDoubt() {
        commitsInDoubt = true;
    }

    /** Files are committed from now on, and whoever asked for it is told something else. */
    synchronized void commitAndSay(ErrorCode code) {
        saidOfCommits = code;
    }

    /** The next so many concatenations find that something has changed. */
    synchronized void conflicts(int count) {
        conflicts = count;
    }

    synchronized void beforeEpoch() {
        if (epochsInDoubt) {
            throw inDoubt();
        }
    }

    synchronized void atEpoch() {
        Runnable meanwhile = atNextEpoch;
        atNextEpoch = () -> {};
        meanwhile.run();
    }

    synchronized void atAllocation() {
        Runnable meanwhile = atNextAllocation;
        atNextAllocation = () -> {};
        meanwhile.run();
    }

    synchronized void beforeCommit() {
        if (commitsInDoubt) {
            throw inDoubt();
        }
    }

    synchronized void afterCommit() {
        if (saidOfCommits != null) {
            throw new GridException(saidOfCommits, "of a commit that was carried out: told to say so");
        }
    }

    synchronized void beforeConcat() {
        if (conflicts > 0) {
            conflicts--;
            throw new GridException(ErrorCode.CONFLICT, "changed meanwhile: told to say so");
        }
    }

    private static GridException inDoubt() {
        return new GridException(ErrorCode.UNKNOWN_OUTCOME, "the change may have been applied: told to say so");
    }
}
