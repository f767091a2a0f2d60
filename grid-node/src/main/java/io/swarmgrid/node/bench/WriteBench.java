package io.swarmgrid.node.bench;

import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Transfers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Durable write of raw bytes, beside dd on the same disk and beside an Ignite cache with native persistence. */
final class WriteBench {
    private static final String PART = "write";
    private static final String FILE = "/swarm-bench/bytes";
    private static final int PATTERN_BYTES = 8 << 20;
    /** A node's code is compiled while it works; what is measured is a node that has worked. */
    private static final long WARM_UP_NANOS = 15_000_000_000L;

    private static final int MAX_WARM_UPS = 20;

    private final Session session;
    private final Peers peers;
    private final Scale scale;
    private final Output output;

    WriteBench(Session session, Peers peers, Scale scale, Output output) {
        this.session = session;
        this.peers = peers;
        this.scale = scale;
        this.output = output;
    }

    List<Result> run() throws IOException, InterruptedException {
        byte[] pattern = new byte[PATTERN_BYTES];
        new SplittableRandom(7).nextBytes(pattern);
        List<Double> ours = new ArrayList<>();
        List<Double> dd = new ArrayList<>();
        List<Double> ignite = new ArrayList<>();
        output.say("filling the page cache, as it is on a node that has run for a while");
        PageCache cache = new PageCache(peers.directory());
        cache.fill();
        long start = System.nanoTime();
        for (int round = 0; round < MAX_WARM_UPS && System.nanoTime() - start < WARM_UP_NANOS; round++) {
            swarm(pattern, "warming up");
        }
        for (int round = 1; round <= scale.rounds(); round++) {
            String label = "round " + round + " of " + scale.rounds();
            cache.fill();
            ours.add(swarm(pattern, label + ", swarm"));
            output.say(label + ": dd");
            cache.fill();
            dd.add(peers.dd(scale.writeBytes()));
            output.say(label + ": Ignite cache with native persistence");
            cache.fill();
            ignite.add(peers.ignite(scale.writeBytes()));
        }
        String what = "durable write, 1 replica";
        Result swarm = Result.of(PART, what, "swarm", "B/s", ours);
        Result plain = Result.of(PART, what, "dd conv=fsync", "B/s", dd);
        Result values = Result.of(PART, what, "Ignite cache", "B/s", ignite);
        return List.of(swarm, plain, values, swarm.beside(plain), swarm.beside(values));
    }

    private double swarm(byte[] pattern, String label) throws IOException {
        Transfers transfers = new Transfers(session, new Transfers.FileOptions(true, 1, "power"));
        long start;
        double rate;
        try (Progress progress = Progress.ofBytes(output.progress(), label, scale.writeBytes());
                Pattern source = new Pattern(pattern, scale.writeBytes())) {
            start = System.nanoTime();
            transfers.put(source, scale.writeBytes(), FILE, progress);
            rate = scale.writeBytes() / ((System.nanoTime() - start) / 1e9);
        }
        new Namespace(session).remove(FILE);
        return rate;
    }

    /** So many bytes of a pattern, over and over. */
    private static final class Pattern implements ReadableByteChannel {
        private final byte[] pattern;
        private long left;
        private int at;

        Pattern(byte[] pattern, long bytes) {
            this.pattern = pattern;
            this.left = bytes;
        }

        @Override
        public int read(ByteBuffer target) {
            if (left == 0) {
                return -1;
            }
            int count = (int) Math.min(left, Math.min(target.remaining(), pattern.length - at));
            target.put(pattern, at, count);
            at = (at + count) % pattern.length;
            left -= count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
