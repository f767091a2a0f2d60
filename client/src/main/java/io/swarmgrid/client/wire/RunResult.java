package io.swarmgrid.client.wire;

/** How far a long run of a node is: begun by one call, and asked after by others. */
public interface RunResult {
    /** Names it to the node that does it. */
    String run();

    /** {@link RecoverResult#RUNNING}, {@link RecoverResult#DONE} or {@link RecoverResult#FAILED}. */
    String state();

    /** What it is at, or why it failed. */
    String phase();
}
