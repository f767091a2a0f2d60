package io.swarmgrid.node.demo;

import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Session;
import java.nio.file.Path;

/** Step 4. */
final class DelayTask {
    DelayTask(Session session, Path source, Output output, Report report) {}

    void run() {}
}
