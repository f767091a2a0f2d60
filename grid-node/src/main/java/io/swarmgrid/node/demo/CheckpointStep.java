package io.swarmgrid.node.demo;

import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Session;

/** Step 5. */
final class CheckpointStep {
    static final int SHARDS = 8;

    CheckpointStep(Session session, Output output, Report report) {}

    void run() {}
}
