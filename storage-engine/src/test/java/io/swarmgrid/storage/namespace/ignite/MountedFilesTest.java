package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.config.OuterConfig;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.mounted.MountedFiles;
import io.swarmgrid.storage.mounted.Outside;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import io.swarmgrid.storage.outer.MemoryProvider;
import io.swarmgrid.storage.outer.MemoryStore;
import io.swarmgrid.storage.outer.OuterStores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The namespace with what lies below its mounts. */
@ExtendWith(OneNode.class)
final class MountedFilesTest {
    private static final String URI = "memory://names";

    private MemoryStore outer = MemoryProvider.make("names");
    private @Nullable OuterStores stores;
    private @Nullable Files mounted;

    /** Each parameter has a home of its own: the test begins with its own. */
    private void attach(Grid grid) {
        start(grid, Map.of("storage.outer.status-ttl", "0s"));
        grid.namespace().mounts().attach(grid.path("m"), URI, "ada", null);
        outer.write("a", new byte[3]);
        outer.write("sets/train/one", new byte[10]);
        outer.write("sets/train/two", new byte[20]);
        outer.write("sets/zero", new byte[0]);
    }

    private void start(Grid grid, Map<String, String> settings) {
        outer = MemoryProvider.make("names");
        OuterConfig config = SwarmConfig.defaults()
                .with(Map.of("storage.outer.allowed", URI, "storage.outer.patience", "1s"))
                .with(settings)
                .storage()
                .outer();
        stores = new OuterStores(config);
        mounted = new MountedFiles(grid.files(), new Outside(grid.namespace().mounts(), stores, config, Supplier::get));
    }

    @AfterEach
    void close() {
        if (stores != null) {
            stores.close();
        }
    }

    private Files files() {
        return java.util.Objects.requireNonNull(mounted);
    }

    private static List<String> names(Listing listing) {
        return listing.entries().stream()
                .map(entry -> GridPath.parse(entry.path()).name())
                .toList();
    }

    @Test
    void listsAsIfItWereHere(Grid grid) {
        attach(grid);
        assertThat(names(files().list(grid.path("m"), null, 100))).containsExactly("a", "sets");
        Listing train = files().list(grid.path("m/sets/train"), null, 100);
        assertThat(train.entries())
                .extracting(FileStatus::path)
                .containsExactly(
                        grid.path("m/sets/train/one").toString(),
                        grid.path("m/sets/train/two").toString());
        assertThat(names(files().list(grid.home(), null, 100))).containsExactly("m");
        Expect.error(ErrorCode.NOT_FOUND, "not found", () -> files().list(grid.path("m/none"), null, 100));
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory", () -> files().list(grid.path("m/a"), null, 100));
    }

    @Test
    void findsAsIfItWereHere(Grid grid) {
        attach(grid);
        FileStatus file = files().stat(grid.path("m/sets/train/two"));
        assertThat(file.kind()).isEqualTo(EntryKind.FILE);
        assertThat(file.sizeBytes()).isEqualTo(20);
        assertThat(file.owner()).isEqualTo("ada");
        assertThat(file.id()).isNegative();
        assertThat(file.permission()).isEqualTo(0444);
        assertThat(files().find(grid.path("m/sets/train/two"))).hasValue(file);
        assertThat(files().stat(grid.path("m/sets")).kind()).isEqualTo(EntryKind.DIRECTORY);
        assertThat(files().find(grid.path("m/none"))).isEmpty();
        assertThat(files().find(grid.path("m/a/none"))).isEmpty();
        assertThat(files().find(grid.path("none/a"))).isEmpty();
        assertThat(files().locate(grid.path("m/a"))).isEmpty();
        Expect.error(ErrorCode.NOT_FOUND, "in the outer store " + URI, () -> files().stat(grid.path("m/none")));
    }

    @Test
    void everyVersionIsAFileOfItsOwn(Grid grid) {
        attach(grid);
        FileStatus before = files().stat(grid.path("m/a"));
        assertThat(files().stat(grid.path("m/a"))).isEqualTo(before);
        outer.write("a", new byte[3]);
        FileStatus after = files().stat(grid.path("m/a"));
        assertThat(after.id()).isNotEqualTo(before.id());
        assertThat(after.version()).isGreaterThan(before.version());
        grid.files().rename(grid.path("m"), grid.path("n"), false, null);
        assertThat(files().stat(grid.path("n/a")).id())
                .as("wherever it is mounted")
                .isEqualTo(after.id());
    }

    @Test
    void listsPageByPage(Grid grid) {
        attach(grid);
        for (int i = 0; i < 25; i++) {
            outer.write("many/f" + (char) ('a' + i), new byte[1]);
        }
        List<String> all = new ArrayList<>();
        String after = null;
        do {
            Listing page = files().list(grid.path("m/many"), after, 7);
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(7);
            all.addAll(names(page));
            after = page.nextPageToken();
        } while (after != null);
        assertThat(all).hasSize(25).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void listsDirectoriesThatAreTooLargeToBeKept(Grid grid) {
        attach(grid);
        start(grid, Map.of("storage.outer.max-listed", "1000"));
        for (int i = 0; i < 1500; i++) {
            outer.write(String.format("large/%04d", i), new byte[1]);
        }
        List<String> all = new ArrayList<>();
        String after = null;
        do {
            Listing page = files().list(grid.path("m/large"), after, 400);
            all.addAll(names(page));
            after = page.nextPageToken();
        } while (after != null);
        assertThat(all).hasSize(1500).isSorted().doesNotHaveDuplicates();
        Expect.error(ErrorCode.UNSUPPORTED, "more than 1000 entries", () -> files().usage(grid.path("m")));
    }

    @Test
    void addsUpWhatLiesThere(Grid grid) {
        attach(grid);
        assertThat(files().usage(grid.path("m")))
                .isEqualTo(new Usage(grid.path("m").toString(), 4, 3, 33, 0));
        assertThat(files().usage(grid.path("m/sets/train")))
                .isEqualTo(new Usage(grid.path("m/sets/train").toString(), 2, 1, 30, 0));
        assertThat(files().usage(grid.path("m/a")))
                .isEqualTo(new Usage(grid.path("m/a").toString(), 1, 0, 3, 0));
        assertThat(files().usage(grid.home()).sizeBytes())
                .as("the grid's own alone")
                .isZero();
    }

    @Test
    void changesNothingThere(Grid grid) {
        attach(grid);
        GridPath mount = grid.path("m");
        Expect.error(
                ErrorCode.UNSUPPORTED,
                "an outer store is mounted there, whose files have no time to live here: " + mount,
                () -> files().setAttribute(mount, PolicyAttributes.TTL, "1d"));
        String reason = "where the outer store " + URI + " is mounted to be read";
        for (String path : List.of("m/a", "m/sets", "m/sets/train/one")) {
            GridPath there = grid.path(path);
            Expect.error(ErrorCode.UNSUPPORTED, reason, () -> files().remove(there, true, null));
            Expect.error(ErrorCode.UNSUPPORTED, reason, () -> files().rename(there, grid.path("out"), false, null));
            Expect.error(ErrorCode.UNSUPPORTED, reason, () -> files().setAttribute(there, "x", "y"));
            Expect.error(ErrorCode.UNSUPPORTED, reason, () -> files().setAttribute(there, PolicyAttributes.TTL, "1d"));
            Expect.error(ErrorCode.UNSUPPORTED, reason, () -> files().setReplication(there, 3));
            Expect.error(ErrorCode.UNSUPPORTED, reason, () -> files().setStatus(
                            there, new StatusChange("bob", null, null, null)));
        }
        for (String path : List.of("m/new", "m/sets/new", "m/sets/new/deep")) {
            for (Files.Parents parents : Files.Parents.values()) {
                Expect.error(
                        ErrorCode.UNSUPPORTED, reason, () -> files().makeDirectory(grid.path(path), "ada", parents));
            }
        }
        grid.putInline(grid.path("f"), "1");
        Expect.error(ErrorCode.UNSUPPORTED, reason, () -> files().rename(
                        grid.path("f"), grid.path("m/sets/f"), false, null));
        assertThat(files().makeDirectory(grid.path("m/sets"), "ada", Files.Parents.MAKE)
                        .path())
                .isEqualTo(grid.path("m/sets").toString());
        assertThat(files().remove(grid.path("m/none"), false, null)).isFalse();
    }

    @Test
    void changesOutsideAreSeen(Grid grid) {
        attach(grid);
        assertThat(names(files().list(grid.path("m/sets"), null, 100))).containsExactly("train", "zero");
        outer.write("sets/new", new byte[7]);
        outer.remove("sets/zero");
        assertThat(names(files().list(grid.path("m/sets"), null, 100))).containsExactly("new", "train");
        assertThat(files().stat(grid.path("m/sets/new")).sizeBytes()).isEqualTo(7);
        assertThat(files().find(grid.path("m/sets/zero"))).isEmpty();
    }

    @Test
    void remembersForAMomentAndLongerWhileTheStoreIsDown(Grid grid) {
        attach(grid);
        start(grid, Map.of("storage.outer.status-ttl", "1h"));
        outer.write("a", new byte[3]);
        FileStatus file = files().stat(grid.path("m/a"));
        Listing listing = files().list(grid.path("m"), null, 100);
        long looks = outer.looks();
        assertThat(files().stat(grid.path("m/a"))).isEqualTo(file);
        assertThat(files().list(grid.path("m"), null, 100)).isEqualTo(listing);
        assertThat(outer.looks()).isEqualTo(looks);

        outer.write("b", new byte[3]);
        outer.down(true);
        assertThat(files().stat(grid.path("m/a"))).isEqualTo(file);
        Expect.error(ErrorCode.UNAVAILABLE, "does not answer: uri=" + URI, () -> files().stat(grid.path("m/b")));
    }

    @Test
    void answersWhatItKnewWhereTheStoreIsDown(Grid grid) {
        attach(grid);
        FileStatus file = files().stat(grid.path("m/a"));
        Listing listing = files().list(grid.path("m"), null, 100);
        outer.down(true);
        assertThat(files().stat(grid.path("m/a"))).isEqualTo(file);
        assertThat(files().list(grid.path("m"), null, 100)).isEqualTo(listing);
        Expect.error(ErrorCode.UNAVAILABLE, "does not answer: uri=" + URI, () -> files().stat(grid.path("m/b")));
    }
}
