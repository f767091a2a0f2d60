package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Random;
import org.awaitility.Awaitility;

/** Sets the clock of one node an hour ahead or back for a while, and right again. The others have to say whose it is. */
final class JumpClock implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String AGREE_AGAIN = "clocks agree again";

    private final WrongClock clock;
    private final String node;
    private final Duration ahead;
    private final Duration longest;

    /** @param node whose clock it is */
    JumpClock(WrongClock clock, String node, Duration ahead, Duration longest) {
        this.clock = clock;
        this.node = node;
        this.ahead = ahead;
        this.longest = longest;
    }

    @Override
    public String name() {
        return "JumpClock " + (ahead.isNegative() ? "back" : "ahead");
    }

    @Override
    public Company company() {
        return Company.LIGHT;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        NodeProcess other = arena.nodes().stream()
                .filter(each -> !each.name().equals(node))
                .findFirst()
                .orElseThrow();
        String off = "clock is off: node=" + node + ",";
        long offBefore = count(other, off);
        long againBefore = count(other, AGREE_AGAIN);
        try {
            clock.set(ahead);
            await(other, off, offBefore);
            Thread.sleep(random.nextLong(longest.toMillis()));
        } finally {
            clock.set(Duration.ZERO);
        }
        await(other, AGREE_AGAIN, againBefore);
        return true;
    }

    private static void await(NodeProcess node, String line, long before) {
        Awaitility.await(node.name() + " says: " + line)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> count(node, line) > before);
    }

    private static long count(NodeProcess node, String line) throws IOException {
        return Files.readString(node.log())
                .lines()
                .filter(each -> each.contains(line))
                .count();
    }
}
