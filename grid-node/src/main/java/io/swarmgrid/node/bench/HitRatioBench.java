package io.swarmgrid.node.bench;

import io.swarmgrid.node.cli.Output;
import io.swarmgrid.storage.block.Heat;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * How often what is read is near: the very opinion that a node has of its tiers ({@link Heat}) beside one that keeps what was read last, of
 * the same room, over the same reads. Nothing is stored: a block counts as here from when it would have been brought here until it would
 * have been given up.
 */
final class HitRatioBench {
    private static final String OURS = "swarm (W-TinyLFU)";
    private static final String LRU = "LRU";
    private static final String UNIT = "%";

    private static final int BLOCKS = 50_000;
    private static final double SKEW = 0.9;
    private static final List<Integer> ROOMS = List.of(1, 5, 10);
    private static final int SMALLEST_BYTES = 64 << 10;
    private static final int SIZES = 1024;
    private static final int READS_OF_A_BLOCK = 10;

    private final Output output;
    private final int rounds;
    private final Tally tally = new Tally(CacheBench.PART);

    /** What keeps blocks. */
    private interface Keeper {
        /** @return whether it was here */
        boolean read(int block, long sizeBytes);
    }

    HitRatioBench(int rounds, Output output) {
        this.rounds = rounds;
        this.output = output;
    }

    List<Result> run() {
        for (int round = 0; round < rounds; round++) {
            output.say("cache: hit ratios, round " + (round + 1) + " of " + rounds);
            long[] sizes = sizes(new Random(round));
            long allBytes = Arrays.stream(sizes).sum();
            for (int percent : ROOMS) {
                long room = allBytes / 100 * percent;
                for (boolean scans : new boolean[] {false, true}) {
                    String what = String.format(
                            Locale.ROOT, "hits, Zipf %.1f%s, room for %d %%", SKEW, scans ? " and scans" : "", percent);
                    tally.add(what, OURS, UNIT, hits(new ByHeat(room), sizes, room, scans, round));
                    tally.add(what, LRU, UNIT, hits(new ByLastRead(room), sizes, room, scans, round));
                }
            }
        }
        return tally.results();
    }

    /** From 64 KiB to 64 MiB, any as likely. */
    private static long[] sizes(Random random) {
        return random.longs(BLOCKS, 1, SIZES + 1)
                .map(each -> each * SMALLEST_BYTES)
                .toArray();
    }

    /**
     * Reads blocks by Zipf's law; with scans, each time as much as has been read as the room holds, twice as much is read once that never
     * was before and never is again.
     *
     * @return of the reads by Zipf's law, the second half of them
     */
    private static double hits(Keeper keeper, long[] sizes, long room, boolean scans, int seed) {
        double[] upTo = zipf();
        Random random = new Random(seed);
        int reads = BLOCKS * READS_OF_A_BLOCK;
        int hits = 0;
        int counted = 0;
        int scanned = BLOCKS;
        long sinceScan = 0;
        for (int i = 0; i < reads; i++) {
            int found = Arrays.binarySearch(upTo, random.nextDouble());
            int block = Math.min(BLOCKS - 1, found < 0 ? -found - 1 : found);
            boolean here = keeper.read(block, sizes[block]);
            if (i >= reads / 2) {
                counted++;
                hits += here ? 1 : 0;
            }
            sinceScan += sizes[block];
            if (scans && sinceScan >= room) {
                sinceScan = 0;
                for (long bytes = 0; bytes < 2 * room; bytes += sizes[scanned % BLOCKS]) {
                    scanned++;
                    keeper.read(scanned, sizes[scanned % BLOCKS]);
                }
            }
        }
        return 100.0 * hits / counted;
    }

    private static double[] zipf() {
        double[] upTo = new double[BLOCKS];
        double sum = 0;
        for (int i = 0; i < BLOCKS; i++) {
            sum += 1 / Math.pow(i + 1, SKEW);
            upTo[i] = sum;
        }
        for (int i = 0; i < BLOCKS; i++) {
            upTo[i] /= sum;
        }
        return upTo;
    }

    private static final class ByHeat implements Keeper {
        private final Set<Integer> here = new HashSet<>();
        private final Heat<Integer> heat;

        ByHeat(long room) {
            this.heat = new Heat<>(room, 1, here::remove);
        }

        @Override
        public boolean read(int block, long sizeBytes) {
            boolean was = here.contains(block);
            if (heat.isWanted(block, sizeBytes, true)) {
                here.add(block);
            }
            return was;
        }
    }

    private static final class ByLastRead implements Keeper {
        private final Map<Integer, Long> here = new LinkedHashMap<>(16, 0.75f, true);
        private final long room;
        private long used;

        ByLastRead(long room) {
            this.room = room;
        }

        @Override
        public boolean read(int block, long sizeBytes) {
            if (here.get(block) != null) {
                return true;
            }
            here.put(block, sizeBytes);
            used += sizeBytes;
            var oldest = here.entrySet().iterator();
            while (used > room) {
                used -= oldest.next().getValue();
                oldest.remove();
            }
            return false;
        }
    }
}
