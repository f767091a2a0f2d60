package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who removes what has expired where there are several nodes, and on one whose directories are of a version that knew no time to live. */
final class ExpiryOnNodesTest {
    private static final int FILES = 60;
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();

    private static GridPath file(int number) {
        return GridPath.parse("/d" + number % 40 + "/f" + number);
    }

    private static void putAll(TestGrid grid, int nodes) {
        for (int i = 0; i < FILES; i++) {
            IgniteNamespace space = grid.member(i % nodes).namespace();
            Map<String, String> ttl = Map.of(PolicyAttributes.TTL, "1h");
            space.fileMetadata().putInline(file(i), OPTIONS.attributes(ttl), new byte[1]);
        }
    }

    private static void sweep(IgniteNamespace space) {
        space.census().reclaim(Set.of("n1", "n2", "n3"), record -> {}, (id, epoch) -> {});
    }

    private static long there(IgniteNamespace space) {
        return IntStream.range(0, FILES)
                .filter(i -> space.files().find(file(i)).isPresent())
                .count();
    }

    @Test
    void eachNodeRemovesItsShareAndTheOthersThatOfOneThatIsLost() {
        try (TestGrid grid = TestGrid.start(directory, clock, Map.of("metadata.backups", "1"), "n1", "n2", "n3")) {
            IgniteNamespace first = grid.member(0).namespace();
            IgniteNamespace second = grid.member(1).namespace();
            IgniteNamespace third = grid.member(2).namespace();
            putAll(grid, 3);
            clock.advance(Duration.ofHours(1));
            sweep(first);
            long left = there(third);
            assertThat(first.expired()).isPositive().isEqualTo(FILES - left);
            assertThat(left).isPositive();
            sweep(second);
            assertThat(there(first)).isPositive();

            grid.stop(2);
            await().until(() -> grid.first().ignite().cluster().nodes().size() == 2);
            await().ignoreExceptionsInstanceOf(GridException.class).until(() -> {
                clock.advance(Duration.ofMinutes(2));
                sweep(first);
                sweep(second);
                return there(first) == 0;
            });
            assertThat(first.expired() + second.expired())
                    .as("none twice")
                    .isGreaterThan(FILES - left)
                    .isLessThanOrEqualTo(FILES);
        }
    }

    @Test
    void whatWasPutIsFoundAfterARestartAndByANodeOfAnOlderVersion() {
        try (TestGrid grid = TestGrid.start(directory, clock, Map.of(), "n1")) {
            putAll(grid, 1);
        }
        clock.advance(Duration.ofHours(2));
        try (TestGrid grid = TestGrid.start(directory, clock, Map.of(), "n1")) {
            assertThat(grid.first().namespace().lookOver()).isTrue();
            grid.first().ignite().cache(NamespaceCaches.EXPIRIES).clear();
            grid.first().ignite().destroyCache(NamespaceCaches.EXPIRIES);
        }
        try (TestGrid grid = TestGrid.start(directory, clock, Map.of(), "n1")) {
            IgniteNamespace space = grid.first().namespace();
            assertThat(space.lookOver()).isTrue();
            assertThat(there(space)).isEqualTo(FILES);
            sweep(space);
            assertThat(there(space)).isZero();
        }
    }
}
