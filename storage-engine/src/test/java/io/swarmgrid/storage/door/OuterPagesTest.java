package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.MountStatistics;
import io.swarmgrid.storage.file.FileReader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How pages of an outer store come to their readers, and what is counted of it. */
class OuterPagesTest extends OuterReads {
    private static final int PAGES = 12;
    /** A quarter of the patience of the grid. */
    private static final long SLOW_MILLIS = 250;

    @Test
    void aStoreThatIsSlowWithEachPageIsNotTakenForOneThatDoesNotAnswer() {
        byte[] bytes = TestNodes.random(PAGES * PAGE);
        outer.write("sets/a", bytes);
        outer.before("read", OuterPagesTest::spend);
        assertThat(readAll(stores.get(0))).isEqualTo(bytes);
        assertThat(outer.reads())
                .as("each page is asked for once, also where some of them take longer together than an answer may")
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, PAGES)
                        .map(page -> page * PAGE)
                        .boxed()
                        .toList());
    }

    /** Nothing happens for so long; who is told to stop does. */
    private static void spend() {
        try {
            assertThat(new CountDownLatch(1).await(SLOW_MILLIS, TimeUnit.MILLISECONDS))
                    .isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.UNAVAILABLE, "was told to stop", e);
        }
    }

    @Test
    void countsEachPageOnceForWhoeverReadsItWhereverItCameFrom() {
        byte[] bytes = TestNodes.random(10 * PAGE);
        int versions = 6; // not all of them have this node for their home
        for (int version = 1; version <= versions; version++) {
            outer.write("sets/a", bytes);
            readInSmallPieces(0, bytes.length);
            assertThat(counted(MountStatistics::misses)).as("cold").isEqualTo(10L * version);
            assertThat(counted(MountStatistics::hits)).as("cold").isZero();
        }
        assertThat(stores.get(0).statistics().get(0).nodeBytes()).isPositive();
        awaitNear(10 * versions);
        readInSmallPieces(0, bytes.length);
        assertThat(counted(MountStatistics::misses)).as("warm").isEqualTo(10L * versions);
        assertThat(counted(MountStatistics::hits)).as("warm").isEqualTo(10);
    }

    private void readInSmallPieces(int node, int length) {
        try (FileReader reader = open(node)) {
            for (int at = 0; at < length; at += 4096) {
                read(reader, at, 4096);
            }
        }
    }

    private long counted(ToLongFunction<MountStatistics> count) {
        return stores.stream()
                .flatMap(store -> store.statistics().stream())
                .mapToLong(count)
                .sum();
    }
}
