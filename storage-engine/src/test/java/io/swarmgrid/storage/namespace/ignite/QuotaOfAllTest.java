package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A quota of all that there is, and quotas on a node whose directories are of a version that had none. */
final class QuotaOfAllTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final String NODE = "n1";

    @TempDir
    private Path directory;

    private TestGrid start() {
        TestGrid grid = TestGrid.start(directory, new TestClock(), Map.of(), NODE);
        assertThat(grid.first().namespace().lookOver()).isTrue();
        return grid;
    }

    private static void put(IgniteNamespace space, String path, int bytes) {
        space.fileMetadata().putInline(GridPath.parse(path), OPTIONS, new byte[bytes]);
    }

    private static QuotaStatus set(IgniteNamespace space, String path, long bytes, long entries) {
        space.quotas().set(GridPath.parse(path), bytes, entries);
        return QuotaAudit.settle(space, GridPath.parse(path));
    }

    @Test
    void countsAllButWhatIsStaged() {
        try (TestGrid grid = start()) {
            IgniteNamespace space = grid.first().namespace();
            space.files().makeDirectory(Files.STAGING.child("first"), "ada", Files.Parents.REQUIRE);
            put(space, "/a/one", 10);

            assertThat(set(space, "/", 100, 8)).isEqualTo(new QuotaStatus("/", 100L, 8L, 10, 2, QuotaState.ACTIVE));
            set(space, "/a", 50, 8);
            GridPath second = Files.STAGING.child("second");
            space.files().makeDirectory(second, "ada", Files.Parents.REQUIRE);
            space.files().countAs(second, GridPath.parse("/a/set"));
            space.files().makeDirectory(second.child("content"), "ada", Files.Parents.REQUIRE);
            put(space, second + "/content/part", 30);
            space.files()
                    .publish(new Publication(
                            second.child("content"),
                            GridPath.parse("/a/set"),
                            PutMode.CREATE,
                            EntryKind.DATASET,
                            Map.of(),
                            0,
                            null));
            assertThat(space.quotas().of(GridPath.parse("/a/set")))
                    .extracting(QuotaStatus::path, QuotaStatus::usedBytes, QuotaStatus::usedEntries)
                    .containsExactly(tuple("/", 40L, 4L), tuple("/a", 40L, 3L));
            Expect.error(
                    ErrorCode.QUOTA_EXCEEDED,
                    "quota of /: 100B, used 40B, wanted 61B more",
                    () -> put(space, "/b", 61));
            put(space, "/b", 60);
            QuotaAudit.requireExact(grid.first().ignite());
        }
        try (TestGrid grid = start()) {
            IgniteNamespace space = grid.first().namespace();
            Expect.error(ErrorCode.QUOTA_EXCEEDED, "quota of /: 100B, used 100B", () -> put(space, "/c", 1));
            space.quotas().clear(GridPath.ROOT);
            put(space, "/c", 1000);
            space.census().reclaim(Set.of(NODE), record -> {}, (id, epoch) -> {});
            assertThat(space.quotas().of(GridPath.parse("/c"))).isEmpty();
            QuotaAudit.requireExact(grid.first().ignite());
        }
    }

    @Test
    void countsAMountAndNothingThatIsMountedThere() {
        try (TestGrid grid = start()) {
            IgniteNamespace space = grid.first().namespace();
            GridPath before = GridPath.parse("/a/before");
            GridPath mount = GridPath.parse("/a/mount");
            space.mounts().attach(before, "file:///before", "ada", null);
            set(space, "/a", 100, 3);
            space.mounts().attach(mount, "file:///there", "ada", null);
            put(space, "/a/file", 10);
            assertThat(space.quotas().of(mount.child("below")))
                    .containsExactly(new QuotaStatus("/a", 100L, 3L, 10, 3, QuotaState.ACTIVE));
            Expect.error(ErrorCode.QUOTA_EXCEEDED, "3 entries", () -> space.mounts()
                    .attach(GridPath.parse("/a/more"), "file:///more", "ada", null));
            Expect.error(ErrorCode.UNSUPPORTED, "an outer store is mounted there", () -> set(space, "/a/mount", 1, 1));
            for (GridPath each : List.of(before, mount)) {
                Expect.error(
                        ErrorCode.UNSUPPORTED, "an outer store is mounted there", () -> put(space, each + "/in", 1));
            }
            Expect.error(ErrorCode.NOT_FOUND, "/a/none", () -> space.quotas().of(GridPath.parse("/a/none/x")));
            space.mounts().detach(before, null);
            space.census().reclaim(Set.of(NODE), record -> {}, (id, epoch) -> {});
            put(space, "/a/more", 1);
            QuotaAudit.requireExact(grid.first().ignite());
        }
    }

    @Test
    void comesToDirectoriesOfAVersionThatHadNone() {
        try (TestGrid grid = start()) {
            put(grid.first().namespace(), "/old/f", 10);
            grid.first().ignite().destroyCache(NamespaceCaches.QUOTAS);
        }
        try (TestGrid grid = start()) {
            IgniteNamespace space = grid.first().namespace();
            assertThat(space.quotas().of(GridPath.parse("/old"))).isEmpty();
            put(space, "/old/d/g", 5);
            assertThat(set(space, "/old", 20, 100))
                    .isEqualTo(new QuotaStatus("/old", 20L, 100L, 15, 3, QuotaState.ACTIVE));
            Expect.error(ErrorCode.QUOTA_EXCEEDED, "quota of /old: 20B, used 15B", () -> put(space, "/old/h", 6));
        }
        try (TestGrid grid = start()) {
            IgniteNamespace space = grid.first().namespace();
            List<QuotaStatus> kept = space.quotas().of(GridPath.parse("/old"));
            assertThat(kept).containsExactly(new QuotaStatus("/old", 20L, 100L, 15, 3, QuotaState.ACTIVE));
            put(space, "/old/h", 5);
            QuotaAudit.requireExact(grid.first().ignite());
        }
    }
}
