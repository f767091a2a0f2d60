package io.swarmgrid.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileRange;
import org.junit.jupiter.api.Test;

class VectoredReadTest {
    private static final int SIZE = 1 << 20;
    private static final int PATIENCE_SECONDS = 20;

    private final List<String> asked = new ArrayList<>();

    @Test
    void asksForNeighboursTogetherAndForWhatIsFarApartAlone() throws Exception {
        List<FileRange> ranges = List.of(range(500_000, 10), range(0, 100), range(200, 50), range(300, 0));
        read(ranges);
        assertThat(asked).containsExactly("0+300", "500000+10");
        for (FileRange range : ranges) {
            ByteBuffer bytes = range.getData().get();
            assertThat(bytes.remaining()).isEqualTo(range.getLength());
            for (int i = 0; i < range.getLength(); i++) {
                assertThat(bytes.get()).isEqualTo((byte) (range.getOffset() + i));
            }
        }
    }

    /** Each fetch ends only when all have begun. */
    @Test
    void asksForWhatIsFarApartAtTheSameTime() throws Exception {
        List<FileRange> ranges = List.of(range(0, 10), range(300_000, 10), range(600_000, 10), range(900_000, 10));
        CyclicBarrier all = new CyclicBarrier(ranges.size());
        try (Connection connection = Connection.open(URI.create("swarm://127.0.0.1:1/"), new Configuration(false))) {
            VectoredRead.start(
                    ranges,
                    SIZE,
                    ByteBuffer::allocate,
                    (position, target) -> {
                        try {
                            all.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                            throw new IOException("alone", e);
                        }
                        target.position(target.limit());
                    },
                    connection.reads());
            for (FileRange range : ranges) {
                assertThat(range.getData().get().remaining()).isEqualTo(10);
            }
        }
    }

    @Test
    void refusesRangesThatOverlapOrLieOutside() {
        assertThatThrownBy(() -> read(List.of(range(0, 10), range(9, 2)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(List.of(range(SIZE - 1, 2)))).isInstanceOf(EOFException.class);
        assertThat(asked).isEmpty();
    }

    @Test
    void tellsEachRangeOfAFailure() throws Exception {
        List<FileRange> ranges = List.of(range(0, 10), range(20, 10));
        VectoredRead.start(
                ranges,
                SIZE,
                ByteBuffer::allocate,
                (position, target) -> {
                    throw new IOException("lost");
                },
                Runnable::run);
        assertThat(ranges)
                .allSatisfy(
                        range -> assertThatThrownBy(() -> range.getData().get()).hasRootCauseMessage("lost"));
    }

    private void read(List<FileRange> ranges) throws IOException {
        VectoredRead.start(
                ranges,
                SIZE,
                ByteBuffer::allocate,
                (position, target) -> {
                    asked.add(position + "+" + target.remaining());
                    for (long at = position; target.hasRemaining(); at++) {
                        target.put((byte) at);
                    }
                },
                Runnable::run);
    }

    private static FileRange range(long offset, int length) {
        return FileRange.createFileRange(offset, length);
    }
}
