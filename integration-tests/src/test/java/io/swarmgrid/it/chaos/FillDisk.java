package io.swarmgrid.it.chaos;

import java.time.Duration;
import java.util.Random;

/** Fills the disk of one node's blocks while it is written to, and gives the room back. */
final class FillDisk implements Fault {
    private static final int MOST_LEFT_BYTES = 2 << 20;

    private final SmallDisk disk;
    private final Duration longest;

    FillDisk(SmallDisk disk, Duration longest) {
        this.disk = disk;
        this.longest = longest;
    }

    @Override
    public Company company() {
        return Company.LIGHT;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        try {
            disk.fill(random.nextInt(MOST_LEFT_BYTES));
            Thread.sleep(random.nextLong(longest.toMillis() / 3, longest.toMillis()));
        } finally {
            disk.relieve();
        }
        return true;
    }
}
