package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** SIGKILL of a node that has a block open, with some of its bytes in it: a link of the pipeline breaks in the middle. */
final class KillWhileWriting implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Override
    public void strike(Arena arena, Random random) throws Exception {
        AtomicReference<NodeProcess> writing = new AtomicReference<>(arena.anyNode(random));
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> {
                        for (NodeProcess node : arena.nodes()) {
                            if (hasOpenBlock(arena, node)) {
                                writing.set(node);
                                return true;
                            }
                        }
                        return false;
                    });
        } catch (ConditionTimeoutException e) {
            // Nobody wrote that long: then it is a kill at any moment.
        }
        Objects.requireNonNull(writing.get()).kill();
    }

    private static boolean hasOpenBlock(Arena arena, NodeProcess node) throws IOException {
        for (Path block : arena.blockFiles(node)) {
            if (!Arena.isSealed(block) && Files.exists(block) && Files.size(block) > 0) {
                return true;
            }
        }
        return false;
    }
}
