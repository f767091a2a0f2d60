package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneNode.class)
final class FilesTest {
    @Test
    void makesAndFindsADirectory(Grid grid) {
        FileStatus made = grid.files().makeDirectory(grid.path("a"), "ada", Parents.REQUIRE);

        assertThat(made.kind()).isEqualTo(EntryKind.DIRECTORY);
        assertThat(made.owner()).isEqualTo("ada");
        assertThat(made.version()).isEqualTo(1);
        assertThat(made.state()).isNull();
        assertThat(grid.files().find(grid.path("a"))).contains(made);
        assertThat(grid.files().find(grid.path("b"))).isEmpty();
        assertThat(grid.files().stat(GridPath.ROOT).path()).isEqualTo("/");
    }

    @Test
    void refusesToMakeADirectoryTwiceOrBelowNothing(Grid grid) {
        grid.makeDirectory(grid.path("a"));
        grid.putInline(grid.path("f"), "x");

        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("a"), () -> grid.files()
                .makeDirectory(grid.path("a"), "ada", Parents.REQUIRE));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("x/y"), () -> grid.files()
                .makeDirectory(grid.path("x/y"), "ada", Parents.REQUIRE));
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory: " + grid.path("f"), () -> grid.files()
                .makeDirectory(grid.path("f/y"), "ada", Parents.MAKE));
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory: " + grid.path("f"), () -> grid.files()
                .makeDirectory(grid.path("f"), "ada", Parents.MAKE));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: /", () -> grid.files()
                .makeDirectory(GridPath.ROOT, "ada", Parents.REQUIRE));
    }

    @Test
    void makesWhatIsMissingAboveAndTakesWhatIsThere(Grid grid) {
        FileStatus deep = grid.makeDirectory(grid.path("a/b/c"));

        assertThat(grid.makeDirectory(grid.path("a/b/c"))).isEqualTo(deep);
        assertThat(grid.files().stat(grid.path("a/b")).kind()).isEqualTo(EntryKind.DIRECTORY);
        assertThat(grid.files()
                        .makeDirectory(GridPath.ROOT, "ada", Parents.MAKE)
                        .path())
                .isEqualTo("/");
    }

    @Test
    void hintsAtTheNearestName(Grid grid) {
        grid.putInline(grid.path("lake/part-0"), "x");

        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("lakee"), () -> grid.files()
                .stat(grid.path("lakee")));
        Expect.hint(
                "did you mean " + grid.path("lake") + "?", () -> grid.files().stat(grid.path("lakee")));
        Expect.hint("did you mean " + grid.path("lake/part-0") + "?", () -> grid.files()
                .stat(grid.path("laek/part-0")));
        Expect.hint("did you mean " + grid.path("lake/part-0") + "?", () -> grid.metadata()
                .layout(grid.path("lake/prat-0")));
        Expect.hint(null, () -> grid.files().stat(grid.path("warehouse")));
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory: " + grid.path("lake/part-0"), () -> grid.files()
                .stat(grid.path("lake/part-0/x")));
    }

    @Test
    void listsInOrderOfUtf8BytesPageByPage(Grid grid) {
        List<String> names = new ArrayList<>(List.of("b", "a", "ab", "B", "é", "\uFF5E", "\uD83D\uDE00", "a b", "~"));
        for (String name : names) {
            grid.putInline(grid.path("d").child(name), name);
        }
        names.sort((left, right) ->
                Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));

        List<String> listed = new ArrayList<>();
        @Nullable String after = null;
        int pages = 0;
        do {
            Listing page = grid.files().list(grid.path("d"), after, 2);
            page.entries()
                    .forEach(entry -> listed.add(GridPath.parse(entry.path()).name()));
            after = page.nextPageToken();
            pages++;
        } while (after != null);

        assertThat(listed).isEqualTo(names);
        assertThat(pages).isEqualTo(5);
        FileStatus first = grid.files().list(grid.path("d"), null, 1).entries().get(0);
        assertThat(first).isEqualTo(grid.files().stat(grid.path("d/B")));
        assertThat(grid.files().list(grid.path("d"), null, names.size()).nextPageToken())
                .isNull();
    }

    @Test
    void listsAnEmptyDirectoryAndHidesTheStagingFromTheRoot(Grid grid) {
        grid.makeDirectory(grid.path("empty"));

        assertThat(grid.files().list(grid.path("empty"), null, 10).entries()).isEmpty();
        assertThat(grid.files().list(GridPath.ROOT, null, 10_000).entries())
                .extracting(FileStatus::path)
                .contains(grid.home().toString())
                .doesNotContain("/.swarm");
        assertThat(grid.files().stat(Files.STAGING).kind()).isEqualTo(EntryKind.DIRECTORY);
    }

    @Test
    void refusesToListWhatIsNoDirectory(Grid grid) {
        grid.putInline(grid.path("f"), "x");

        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory: " + grid.path("f"), () -> grid.files()
                .list(grid.path("f"), null, 10));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("g"), () -> grid.files()
                .list(grid.path("g"), null, 10));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad page size: 0 (1 to 10000)", () -> grid.files()
                .list(grid.path("f"), null, 0));
    }

    @Test
    void renamesAFileWithinAndAcrossDirectories(Grid grid) {
        FileStatus file = grid.putInline(grid.path("a/f"), "hello");
        grid.makeDirectory(grid.path("b"));

        FileStatus within = grid.files().rename(grid.path("a/f"), grid.path("a/g"), false, null);
        FileStatus across = grid.files().rename(grid.path("a/g"), grid.path("b/h"), false, null);

        assertThat(within.id()).isEqualTo(file.id());
        assertThat(across.id()).isEqualTo(file.id());
        assertThat(across.path()).isEqualTo(grid.path("b/h").toString());
        assertThat(grid.files().find(grid.path("a/f"))).isEmpty();
        assertThat(grid.files().list(grid.path("a"), null, 10).entries()).isEmpty();
        assertThat(grid.files().list(grid.path("b"), null, 10).entries()).containsExactly(across);
        assertThat(grid.metadata().layout(grid.path("b/h")).inline())
                .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(grid.metadata().layout(file.id()).status().path())
                .isEqualTo(grid.path("b/h").toString());
    }

    @Test
    void renamesADirectoryWithAllBelow(Grid grid) {
        grid.putInline(grid.path("a/b/c/f"), "x");

        grid.files().rename(grid.path("a/b"), grid.path("z"), false, null);

        assertThat(grid.files().find(grid.path("z/c/f"))).isPresent();
        assertThat(grid.files().find(grid.path("a/b"))).isEmpty();
        assertThat(grid.files()
                        .rename(grid.path("z"), grid.path("z"), false, null)
                        .path())
                .isEqualTo(grid.path("z").toString());
    }

    @Test
    void refusesRenamesThatMakeNoSense(Grid grid) {
        grid.putInline(grid.path("a/f"), "x");
        grid.putInline(grid.path("a/g"), "y");

        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot rename a directory into itself", () -> grid.files()
                .rename(grid.path("a"), grid.path("a/b"), false, null));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("a/g"), () -> grid.files()
                .rename(grid.path("a/f"), grid.path("a/g"), false, null));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("a"), () -> grid.files()
                .rename(grid.path("a/f"), grid.path("a"), true, null));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("nothing"), () -> grid.files()
                .rename(grid.path("nothing"), grid.path("b"), false, null));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("no/where"), () -> grid.files()
                .rename(grid.path("a/f"), grid.path("no/where"), false, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot rename /: the grid needs it", () -> grid.files()
                .rename(GridPath.ROOT, grid.path("b"), false, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot rename into /.swarm/staging", () -> grid.files()
                .rename(grid.path("a"), Files.STAGING.child("a"), false, null));
    }

    @Test
    void replacesAFileByARenameAndCountsItsVersionOn(Grid grid) {
        grid.putInline(grid.path("old"), "1");
        grid.metadata().putInline(grid.path("old"), PutOptions.create("ada").overwriting(), new byte[2]);
        FileStatus fresh = grid.putInline(grid.path("new"), "3");

        FileStatus replaced = grid.files().rename(grid.path("new"), grid.path("old"), true, null);

        assertThat(replaced.id()).isEqualTo(fresh.id());
        assertThat(replaced.version()).isEqualTo(3);
        assertThat(grid.files().stat(grid.path("old"))).isEqualTo(replaced);
    }

    @Test
    void renamesOnceForAnOperation(Grid grid) {
        grid.putInline(grid.path("a"), "x");
        OperationId operation = new OperationId("rename" + grid.home());

        FileStatus first = grid.files().rename(grid.path("a"), grid.path("b"), false, operation);
        assertThat(grid.files().rename(grid.path("a"), grid.path("b"), false, operation))
                .isEqualTo(first);
        grid.putInline(grid.path("a"), "another");
        FileStatus again = grid.files().rename(grid.path("a"), grid.path("b"), false, operation);

        assertThat(again).isEqualTo(first);
        assertThat(grid.files().outcome(operation)).contains(first);
        assertThat(grid.files().find(grid.path("a"))).isPresent();
        assertThat(grid.files().outcome(new OperationId("unknown" + grid.home())))
                .isEmpty();
    }

    @Test
    void removesOnceForAnOperationAlsoADirectoryAndWhatTookItsPlace(Grid grid) {
        grid.putInline(grid.path("f"), "x");
        grid.files().makeDirectory(grid.path("d"), "ada", Parents.REQUIRE);
        for (String name : List.of("f", "d")) {
            OperationId operation = new OperationId("remove" + name + grid.home());
            assertThat(grid.files().remove(grid.path(name), false, operation)).isTrue();
            assertThat(grid.files().remove(grid.path(name), false, operation)).isTrue();
            assertThat(grid.files().remove(grid.path(name), false, null)).isFalse();
            grid.files().makeDirectory(grid.path(name), "ada", Parents.REQUIRE);
            grid.putInline(grid.path(name + "/another"), "y");
            assertThat(grid.files().remove(grid.path(name), false, operation)).isTrue();
            assertThat(grid.files().find(grid.path(name + "/another"))).isPresent();
        }
    }

    @Test
    void removesAFileAndSaysWhetherThereWasOne(Grid grid) {
        grid.putInline(grid.path("f"), "x");

        assertThat(grid.files().remove(grid.path("f"), false, null)).isTrue();
        assertThat(grid.files().remove(grid.path("f"), false, null)).isFalse();
        assertThat(grid.files().remove(grid.path("no/where"), true, null)).isFalse();
        assertThat(grid.files().find(grid.path("f"))).isEmpty();
    }

    @Test
    void removesADirectoryOnlyIfItIsEmptyOrAsked(Grid grid) {
        grid.putInline(grid.path("d/e/f"), "x");

        Expect.error(ErrorCode.DIRECTORY_NOT_EMPTY, "directory not empty: " + grid.path("d"), () -> grid.files()
                .remove(grid.path("d"), false, null));
        grid.putInline(grid.path("d/still-alive"), "x");
        assertThat(grid.files().remove(grid.path("d"), true, null)).isTrue();
        assertThat(grid.files().find(grid.path("d/e/f"))).isEmpty();
        grid.makeDirectory(grid.path("d"));
        assertThat(grid.files().remove(grid.path("d"), false, null)).isTrue();
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot remove /.swarm/staging: the grid needs it", () -> grid.files()
                .remove(Files.STAGING, true, null));
    }

    @Test
    void removesOnceForAnOperation(Grid grid) {
        OperationId operation = new OperationId("remove" + grid.home());
        grid.putInline(grid.path("f"), "x");

        assertThat(grid.files().remove(grid.path("f"), false, operation)).isTrue();
        grid.putInline(grid.path("f"), "another");
        assertThat(grid.files().remove(grid.path("f"), false, operation)).isTrue();

        assertThat(grid.files().find(grid.path("f"))).isPresent();
        Expect.error(
                ErrorCode.INVALID_ARGUMENT, "this operation id was used for a removal before", () -> grid.metadata()
                        .putInline(grid.path("g"), PutOptions.create("ada").operation(operation), new byte[1]));
    }

    @Test
    void keepsWhatIsSetOfAStatusThroughARenameAndForWhatReplacesIt(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus put = grid.putInline(path, "x");
        assertThat(put.group()).isNull();
        assertThat(put.permission()).isNull();

        FileStatus set = grid.files().setStatus(path, new StatusChange("eve", "vision", 0, 1_000L));

        assertThat(set.owner()).isEqualTo("eve");
        assertThat(set.group()).isEqualTo("vision");
        assertThat(set.permission()).isZero();
        assertThat(set.modifiedMs()).isEqualTo(1_000);
        assertThat(set.version()).isEqualTo(put.version());
        grid.files().setStatus(path, new StatusChange(null, null, 0640, null));
        FileStatus moved = grid.files().rename(path, grid.path("g"), false, null);
        assertThat(moved.group()).isEqualTo("vision");
        assertThat(moved.permission()).isEqualTo(0640);
        FileStatus replaced = grid.metadata()
                .putInline(grid.path("g"), PutOptions.create("ada").overwriting(), new byte[1]);
        assertThat(replaced.owner()).isEqualTo("ada");
        assertThat(replaced.permission()).isEqualTo(0640);
        grid.makeDirectory(grid.path("d"));
        assertThat(grid.files()
                        .setStatus(grid.path("d"), new StatusChange(null, null, 01777, null))
                        .permission())
                .isEqualTo(01777);
        assertThat(grid.files().list(grid.path("d"), null, 10).entries()).isEmpty();
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("nothing"), () -> grid.files()
                .setStatus(grid.path("nothing"), new StatusChange("eve", null, null, null)));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "bad permission: 4096, expected 0 to 4095",
                () -> new StatusChange(null, null, 010000, null));
    }

    @Test
    void keepsAttributesThroughARename(Grid grid) {
        grid.metadata()
                .putInline(grid.path("f"), PutOptions.create("ada").attributes(Map.of("rows", "7")), new byte[1]);

        grid.files().setAttribute(grid.path("f"), "color", "blue");
        FileStatus status = grid.files().rename(grid.path("f"), grid.path("g"), false, null);

        assertThat(status.attributes()).isEqualTo(Map.of("rows", "7", "color", "blue"));
        assertThat(grid.files().setAttribute(grid.path("g"), "rows", null).attributes())
                .isEqualTo(Map.of("color", "blue"));
        assertThat(grid.files().setAttribute(grid.path("g"), "color", null).attributes())
                .isNull();
        Expect.error(ErrorCode.INVALID_ARGUMENT, "at most 16384 are allowed", () -> grid.files()
                .setAttribute(grid.path("g"), "large", "x".repeat(16 << 10)));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("nothing"), () -> grid.files()
                .setAttribute(grid.path("nothing"), "a", "b"));
    }

    @Test
    void addsUpWhatLiesBelow(Grid grid) {
        grid.putInline(grid.path("d/a"), "12345");
        grid.putInline(grid.path("d/x/y/b"), "123");
        grid.nodes().live(List.of("n1", "n2", "n3"));
        grid.putBlocks(grid.path("d/c"), PutOptions.create("ada").replicas(3), 1000, 500);
        grid.nodes().live(List.of("n1", "n2"));

        assertThat(grid.files().usage(grid.path("d")))
                .isEqualTo(new Usage(grid.path("d").toString(), 3, 3, 1508, 2 * 1500 + 2 * 8));
        assertThat(grid.files().usage(grid.path("d/c")))
                .isEqualTo(new Usage(grid.path("d/c").toString(), 1, 0, 1500, 3000));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("e"), () -> grid.files()
                .usage(grid.path("e")));
    }

    @Test
    void locatesBlocksWithTheirHolders(Grid grid) {
        grid.nodes().live(List.of("n1", "n2"));
        grid.putBlocks(grid.path("f"), PutOptions.create("ada").replicas(2), 1000, 500);
        grid.nodes().live(List.of("n1"));

        var blocks = grid.files().locate(grid.path("f"));

        assertThat(blocks).hasSize(2);
        assertThat(blocks.get(1).offset()).isEqualTo(1000);
        assertThat(blocks.get(1).sizeBytes()).isEqualTo(500);
        assertThat(blocks.get(0).replicas()).isEqualTo(2);
        assertThat(blocks.get(0).holders()).hasSize(2);
        assertThat(blocks.get(0).holders().get(0).zone()).isEqualTo("zone-n1");
        assertThat(blocks.get(0).holders().get(0).live()).isTrue();
        assertThat(blocks.get(0).holders().get(1).node()).isEqualTo("n2");
        assertThat(blocks.get(0).holders().get(1).live()).isFalse();
        grid.putInline(grid.path("small"), "x");
        assertThat(grid.files().locate(grid.path("small"))).isEmpty();
        Expect.error(ErrorCode.IS_A_DIRECTORY, "is a directory: " + grid.home(), () -> grid.files()
                .locate(grid.home()));
    }

    @Test
    void refusesEverythingWithoutQuorum(Grid grid) {
        grid.nodes().quorum(false);

        Expect.error(ErrorCode.NO_QUORUM, "no majority: missing n2, n3", () -> grid.files()
                .find(grid.home()));
        Expect.error(ErrorCode.NO_QUORUM, "no majority", () -> grid.files().list(grid.home(), null, 1));
        Expect.error(ErrorCode.NO_QUORUM, "no majority", () -> grid.putInline(grid.path("f"), "x"));
        Expect.error(ErrorCode.NO_QUORUM, "no majority", () -> grid.files().remove(grid.path("f"), true, null));
    }

    @Test
    void setsHowManyCopiesThereShouldBe(Grid grid) {
        GridPath path = grid.path("many");
        long[] lengths = new long[1100];
        Arrays.fill(lengths, 5);
        FileStatus file = grid.putBlocks(path, PutOptions.create("ada"), lengths);

        for (int replicas : List.of(3, 3, 1)) {
            FileStatus status = grid.files().setReplication(path, replicas);

            assertThat(status.replicas()).isEqualTo(replicas);
            assertThat(status.version()).isEqualTo(file.version());
            assertThat(grid.files().stat(path)).isEqualTo(status);
            assertThat(grid.metadata().layout(path).blocks())
                    .hasSize(1100)
                    .allSatisfy(block -> assertThat(block.replication()).isEqualTo(replicas));
        }
        grid.putInline(grid.path("small"), "text");
        assertThat(grid.files().setReplication(grid.path("small"), 16).replicas())
                .isEqualTo(16);
    }

    @Test
    void refusesNumbersOfCopiesThatMakeNoSense(Grid grid) {
        GridPath path = grid.path("f");
        grid.putInline(path, "text");
        for (int replicas : List.of(-1, 0, 17, 100)) {
            Expect.error(
                    ErrorCode.INVALID_ARGUMENT,
                    "bad replicas: " + replicas + ", expected 1 to 16: " + path,
                    () -> grid.files().setReplication(path, replicas));
        }
        Expect.error(ErrorCode.IS_A_DIRECTORY, grid.home().toString(), () -> grid.files()
                .setReplication(grid.home(), 2));
        Expect.error(ErrorCode.IS_A_DIRECTORY, "/", () -> grid.files().setReplication(GridPath.ROOT, 2));
        Expect.error(ErrorCode.NOT_FOUND, grid.path("none").toString(), () -> grid.files()
                .setReplication(grid.path("none"), 2));
    }
}
