package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes below quotas of which the log has only a part: what is counted then is what is there, and no more is allowed than before. */
final class QuotaCutTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final int SEEDS = 30;
    private static final long LIMIT = 3 << 20;
    private static final TestClock CLOCK = new TestClock();

    @TempDir
    private static Path directory;

    private static TestGrid grid;
    private static CutLog log;
    private static IgniteNamespace space;
    private static OpenFile open;
    private static long gone;

    @BeforeAll
    static void start() {
        grid = TestGrid.start(directory, CLOCK, Map.of("storage.block-size", "1MiB"), "n1");
        space = grid.first().namespace();
        log = new CutLog(grid.first().ignite(), space);
        put("/a/one", 10);
        put("/a/d/two", 20);
        put("/b/three", 30);
        put("/c/e/four", 40);
        put("/b/five", 5);
        put("/a/gone", 7);
        space.quotas().set(path("/a"), LIMIT, 100L);
        space.quotas().set(path("/b"), LIMIT, null);
        settle();
        space.files().rename(path("/b/five"), path("/a/five"), false, null); // of another partition than its directory
        gone = space.files().stat(path("/a/gone")).id();
        space.files().remove(path("/a/gone"), false, null);
        open = space.fileMetadata().create(path("/a/open"), OPTIONS);
    }

    @AfterAll
    static void stop() {
        grid.close();
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("a put", () -> put("/a/new", 11)),
                change("a put over", () -> space.fileMetadata()
                        .putInline(path("/a/one"), OPTIONS.overwriting(), new byte[12])),
                change("a directory", () -> space.files().makeDirectory(path("/a/f/g"), "ada", Files.Parents.MAKE)),
                change("a rename into it", () -> rename("/c/e/four", "/a/four")),
                change("a rename out of it", () -> rename("/a/five", "/c/five")),
                change("a rename between two", () -> rename("/a/one", "/b/one")),
                change("a removal", () -> space.files().remove(path("/a/one"), false, null)),
                change("a removal of all", () -> space.files().remove(path("/a/d"), true, null)),
                change("a restore", () -> space.trash().restore(gone, null, "ada", null)),
                change("a restore elsewhere", () -> space.trash().restore(gone, path("/b/gone"), "ada", null)),
                change("a block", () -> space.fileMetadata().allocate(open, 0, Set.of())),
                change("more than a share allows", () -> space.fileMetadata()
                        .putInline(path("/b/large"), OPTIONS, new byte[60_000])),
                change("another limit", () -> space.quotas().set(path("/a"), 100L, null)),
                change("another quota", () -> space.quotas().set(path("/c"), LIMIT, null)),
                change("counting it", () -> {
                    space.quotas().set(path("/c"), LIMIT, null);
                    settle();
                }),
                change("none any more", () -> {
                    space.quotas().clear(path("/a"));
                    settle();
                }),
                change("taking back", QuotaCutTest::takeBack)); // last: from then on all that is in the trash is due
    }

    private static Arguments change(String name, Runnable change) {
        Consumer<String> named = ignored -> change.run();
        return arguments(name, named);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void countsWhatIsThere(String name, Consumer<String> change) {
        Map<String, Map<Object, byte[]>> rows = log.rows();
        try {
            List<CutLog.Write> writes = log.written(() -> change.accept(name));
            assertThat(writes).isNotEmpty();
            for (int i = 0; i <= writes.size() + SEEDS; i++) {
                log.restore(rows);
                List<CutLog.Write> some = i <= writes.size()
                        ? writes.subList(0, i)
                        : CutLog.someOfEachLog(writes, new Random(i - (long) writes.size()));
                some.forEach(write -> write.again().run());
                new Mender(new Runner(grid.first().ignite(), grid.first().nodes()), CLOCK).run();
                settle();
                try {
                    QuotaAudit.requireExact(grid.first().ignite());
                    requireLimited();
                } catch (AssertionError e) {
                    throw new AssertionError(name + " " + i + ": " + some, e);
                }
            }
        } finally {
            log.restore(rows);
        }
    }

    /** What is left may be had, and not a byte more. */
    private static void requireLimited() {
        for (QuotaStatus quota : space.quotas().of(path("/b"))) {
            long left = LIMIT - quota.usedBytes();
            OpenFile file = space.fileMetadata().create(path("/b/rest"), OPTIONS);
            long blocks = 0;
            while (left >= (blocks + 1) << 20) {
                space.fileMetadata().allocate(file, blocks++ << 20, Set.of());
            }
            long next = blocks << 20;
            Expect.error(ErrorCode.QUOTA_EXCEEDED, "quota of /b", () -> space.fileMetadata()
                    .allocate(file, next, Set.of()));
        }
    }

    private static void settle() {
        for (int i = 0; i < 3; i++) {
            space.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
        }
    }

    private static void takeBack() {
        CLOCK.advance(Duration.ofHours(1));
        while (space.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {}) > 0) {}
    }

    private static void rename(String from, String to) {
        space.files().rename(path(from), path(to), false, null);
    }

    private static void put(String path, int bytes) {
        space.fileMetadata().putInline(path(path), OPTIONS, new byte[bytes]);
    }

    private static GridPath path(String path) {
        return GridPath.parse(path);
    }
}
