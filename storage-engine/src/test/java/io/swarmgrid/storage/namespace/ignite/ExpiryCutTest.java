package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.StatusChange;
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

/** Changes of files that have a time to live, of which the log has only a part: whatever it is, they expire, and nothing else does. */
final class ExpiryCutTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final int SEEDS = 20;
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
        grid = TestGrid.start(directory, CLOCK, Map.of("storage.trash-grace", "365d"), "n1");
        space = grid.first().namespace();
        log = new CutLog(grid.first().ignite(), space);
        put("/kept/one");
        put("/kept/late");
        put("/a/first");
        put("/other/first");
        ttl("/a", "1h");
        ttl("/other", "2h");
        put("/a/one");
        put("/a/two");
        put("/other/three");
        space.files()
                .rename(path("/other/three"), path("/a/three"), false, null); // of another partition than its directory
        put("/a/gone");
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
                change("a put", () -> put("/a/new")),
                change("a put over", () -> space.fileMetadata()
                        .putInline(path("/a/one"), OPTIONS.overwriting(), new byte[12])),
                change("a put over what stays", () -> space.fileMetadata()
                        .putInline(path("/kept/one"), OPTIONS.overwriting(), new byte[12])),
                change("a close", () -> space.fileMetadata().commitInline(open, new byte[3])),
                change("more time", () -> ttl("/a/one", "3h")),
                change("less time", () -> ttl("/a/one", "10m")),
                change("a first time", () -> ttl("/kept/late", "10m")),
                change("a rename", () -> space.files().rename(path("/a/one"), path("/other/one"), false, null)),
                change("a rename over", () -> space.files().rename(path("/a/three"), path("/a/one"), true, null)),
                change("a removal", () -> space.files().remove(path("/a/one"), false, null)),
                change("a restore", () -> space.trash().restore(gone, null, "ada", null)),
                change("the expiry", () -> sweepAfter(Duration.ofHours(5))));
    }

    private static Arguments change(String name, Runnable change) {
        Consumer<String> named = ignored -> change.run();
        return arguments(name, named);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void filesExpireAllTheSame(String name, Consumer<String> change) {
        Stream.of("/a/one", "/a/two", "/a/three", "/kept/late").forEach(ExpiryCutTest::touch);
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
                String cut = name + " " + i + ": " + some;
                TreeAudit.assertTree(grid.first().ignite());
                sweepAfter(Duration.ofHours(6));
                assertThat(paths()).as(cut).noneMatch(ExpiryCutTest::isMortal);
                assertThat(paths()).as(cut).contains("/kept/one", "/a/first", "/other/first");
                TreeAudit.assertTree(grid.first().ignite());
            }
        } finally {
            log.restore(rows);
        }
    }

    private static boolean isMortal(String path) {
        return space.files()
                .find(path(path))
                .filter(entry -> entry.attribute(PolicyAttributes.TTL) != null && "sealed".equals(entry.state()))
                .isPresent();
    }

    private static Set<String> paths() {
        return TreeAudit.shown(space).keySet();
    }

    private static void sweepAfter(Duration time) {
        CLOCK.advance(time);
        space.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
    }

    private static void touch(String path) {
        space.files().setStatus(path(path), new StatusChange(null, null, null, CLOCK.millis()));
    }

    private static void put(String path) {
        space.fileMetadata().putInline(path(path), OPTIONS, new byte[10]);
    }

    private static void ttl(String path, String value) {
        space.files().setAttribute(path(path), PolicyAttributes.TTL, value);
    }

    private static GridPath path(String path) {
        return GridPath.parse(path);
    }
}
