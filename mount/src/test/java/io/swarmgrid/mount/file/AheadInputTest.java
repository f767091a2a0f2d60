package io.swarmgrid.mount.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AheadInputTest {
    private static final int MIB = AheadInput.PIECE_BYTES;
    private static final int READ_BYTES = 128 << 10;

    private final long seed = Long.getLong("swarm.test.seed", System.nanoTime());
    private final ReadAhead ahead = new ReadAhead();
    private final Bytes bytes = new Bytes(20 * MIB + 1_234, seed);

    @AfterEach
    void end() {
        assertThat(ahead.piecesLeft()).as("all were given back").isEqualTo(ReadAhead.MAX_PIECES);
        ahead.close();
    }

    /** A file that remembers where it was asked. */
    private static final class Bytes implements AheadInput.Source {
        private final byte[] content;
        private final ConcurrentSkipListSet<Long> asked = new ConcurrentSkipListSet<>();
        private volatile long failsFrom = Long.MAX_VALUE;
        private volatile boolean here;

        Bytes(int length, long seed) {
            content = new byte[length];
            new Random(seed).nextBytes(content);
        }

        @Override
        public long sizeBytes() {
            return content.length;
        }

        @Override
        public boolean isHere(long position) {
            return here;
        }

        @Override
        public void readAt(long from, ByteBuffer target) {
            asked.add(from);
            if (from >= failsFrom) {
                throw new GridException(ErrorCode.UNAVAILABLE, "no node");
            }
            target.put(content, (int) from, target.remaining());
        }

        @Override
        public void close() {}

        void check(AheadInput input, long from, int length) {
            ByteBuffer read = ByteBuffer.allocate(length);
            input.readAt(from, read);
            assertThat(read.flip()).as("at %s", from).isEqualTo(ByteBuffer.wrap(content, (int) from, length));
        }

        void checkFromTheBeginning(AheadInput input, long end) {
            for (long at = 0; at < end; at += READ_BYTES) {
                check(input, at, (int) Math.min(READ_BYTES, end - at));
            }
        }
    }

    @Test
    void fetchesWhatComesNextWhereAFileIsReadInARow() {
        try (AheadInput input = new AheadInput(bytes, ahead)) {
            bytes.checkFromTheBeginning(input, MIB - READ_BYTES);
            assertThat(bytes.asked.last()).as("not sure yet").isLessThan(MIB);
            bytes.check(input, MIB - READ_BYTES, READ_BYTES);
            Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                            bytes.asked.tailSet((long) MIB))
                    .containsExactly(1L * MIB, 2L * MIB, 3L * MIB, 4L * MIB));
            bytes.checkFromTheBeginning(input, bytes.sizeBytes());
            assertThat(bytes.asked.tailSet((long) MIB)).as("whole pieces alone").allMatch(at -> at % MIB == 0);
        }
    }

    @Test
    void fetchesNothingWhereSinglePlacesAreRead() {
        try (AheadInput input = new AheadInput(bytes, ahead)) {
            for (int i = 0; i < 40; i++) {
                bytes.check(input, (i * 7L % 20) * MIB, READ_BYTES);
            }
            assertThat(ahead.piecesLeft()).isEqualTo(ReadAhead.MAX_PIECES);
        }
    }

    @Test
    void fetchesNothingThatIsOnThisMachine() {
        bytes.here = true;
        try (AheadInput input = new AheadInput(bytes, ahead)) {
            bytes.checkFromTheBeginning(input, bytes.sizeBytes());
            assertThat(bytes.asked).hasSize((int) (bytes.sizeBytes() / READ_BYTES) + 1);
        }
    }

    @Test
    void holdsNoMoreThanItsShareHoweverManyFilesAreRead() {
        List<AheadInput> inputs = IntStream.range(0, 2 * ReadAhead.MAX_PIECES)
                .mapToObj(i -> new AheadInput(bytes, ahead))
                .toList();
        for (AheadInput input : inputs) {
            bytes.checkFromTheBeginning(input, 3 * MIB);
            assertThat(ahead.piecesLeft()).isNotNegative();
        }
        assertThat(ahead.piecesLeft()).isZero();
        inputs.forEach(AheadInput::close);
    }

    @Test
    void tellsOfAnErrorOnlyWhomeverItConcerns() {
        bytes.failsFrom = 3L * MIB;
        try (AheadInput input = new AheadInput(bytes, ahead)) {
            bytes.checkFromTheBeginning(input, 3 * MIB);
            assertThatThrownBy(() -> bytes.check(input, 3L * MIB, READ_BYTES)).hasMessage("no node");
            bytes.failsFrom = Long.MAX_VALUE;
            bytes.check(input, 3L * MIB, READ_BYTES);
        }
    }

    @Test
    void isTheFileWhoeverReadsWhereverAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (AheadInput input = new AheadInput(bytes, ahead)) {
            List<? extends Future<?>> readers = IntStream.range(0, 4)
                    .mapToObj(reader -> threads.submit(() -> readAround(input, new Random(seed + reader))))
                    .toList();
            for (Future<?> reader : readers) {
                reader.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void readAround(AheadInput input, Random random) {
        long at = 0;
        for (int i = 0; i < 400; i++) {
            if (random.nextInt(50) == 0 || at >= bytes.sizeBytes()) {
                at = random.nextInt((int) bytes.sizeBytes());
            }
            int length = (int) Math.min(1 + random.nextInt(300_000), bytes.sizeBytes() - at);
            bytes.check(input, at, length);
            at += length;
        }
    }
}
