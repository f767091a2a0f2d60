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
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What names lead to: directories, listings, what lies below, where blocks are. */
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
}
