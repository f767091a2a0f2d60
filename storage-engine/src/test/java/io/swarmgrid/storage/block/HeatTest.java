package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeatTest {
    private static final long MIB = 1 << 20;

    private final Set<BlockId> cold = new HashSet<>();

    @Test
    void tellsOfEachBlockThatHasNoRoomAnyMore() {
        Heat<BlockId> heat = new Heat<>(10 * MIB, 0, cold::add);
        for (int i = 1; i <= 30; i++) {
            heat.add(id(i), MIB);
        }

        int there = 0;
        for (int i = 1; i <= 30; i++) {
            assertThat(heat.isWorthIt(id(i))).isNotEqualTo(cold.contains(id(i)));
            there += heat.isWorthIt(id(i)) ? 1 : 0;
        }
        assertThat(there).isBetween(9, 10);
    }

    @Test
    void keepsWhatIsReadOverWhatIsReadOnce() {
        Heat<BlockId> heat = new Heat<>(10 * MIB, 0, cold::add);
        for (int i = 100; i < 110; i++) {
            heat.add(id(i), MIB);
        }
        for (int i = 1; i <= 5; i++) {
            heat.add(id(i), MIB);
            read(heat);
        }
        for (int round = 0; round < 20; round++) {
            read(heat);
        }
        cold.clear();

        for (int i = 200; i < 1200; i++) {
            heat.add(id(i), MIB);
            read(heat);
        }

        assertThat(cold).hasSizeGreaterThan(990);
        assertThat(IntStream.rangeClosed(1, 5).mapToObj(Blocks::id).filter(cold::contains))
                .isEmpty();
    }

    /** The same five blocks, if they are there. */
    private static void read(Heat<BlockId> heat) {
        for (int i = 1; i <= 5; i++) {
            if (heat.isWorthIt(id(i))) {
                heat.touch(id(i));
            } else {
                heat.add(id(i), MIB);
            }
        }
    }

    @Test
    void countsBytesAndNotBlocks() {
        Heat<BlockId> heat = new Heat<>(1000 * MIB, 0, cold::add);
        heat.add(id(1), 2000 * MIB);
        assertThat(cold).containsExactly(id(1));
        heat.add(id(2), 900 * MIB);
        heat.forget(id(2));
        for (int i = 10; i < 110; i++) {
            heat.add(id(i), 1); // each takes a unit of 4 KiB
        }
        assertThat(cold).containsExactly(id(1));
    }

    @Test
    void isNeverOverItsRoomWhateverHappens() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            Map<BlockId, Long> sizes = new HashMap<>();
            List<BlockId> told = new ArrayList<>();
            long roomBytes = (1L + random.nextInt(64)) * MIB;
            Heat<BlockId> heat = new Heat<>(roomBytes, 0, told::add);
            for (int i = 0; i < 3000; i++) {
                BlockId id = id(1 + random.nextInt(200));
                switch (random.nextInt(6)) {
                    case 0, 1 -> {
                        long size = 1L + random.nextInt((int) (3 * MIB));
                        sizes.put(id, size);
                        heat.add(id, size);
                    }
                    case 2 -> {
                        heat.forget(id);
                        sizes.remove(id);
                    }
                    case 3 -> {
                        roomBytes = (long) random.nextInt(64) * MIB;
                        heat.room(roomBytes);
                    }
                    default -> heat.touch(id);
                }
                long worth = 0;
                for (Map.Entry<BlockId, Long> each : sizes.entrySet()) {
                    worth += heat.isWorthIt(each.getKey()) ? each.getValue() : 0;
                }
                assertThat(worth).as("seed %s step %s", seed, i).isLessThanOrEqualTo(roomBytes);
            }
            told.forEach(id -> assertThat(id).isNotNull());
        }
    }
}
