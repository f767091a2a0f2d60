package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.TrashEntry;
import io.swarmgrid.storage.namespace.Files.Removal;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Trash;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What was removed or replaced, and how it is had back. */
@ExtendWith(OneNode.class)
final class TrashTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    private static Trash trash(Grid grid) {
        return grid.namespace().trash();
    }

    private static List<TrashEntry> all(Grid grid, GridPath below, int pageSize) {
        List<TrashEntry> all = new ArrayList<>();
        String after = null;
        do {
            Trash.Page page = trash(grid).list(below, after, pageSize);
            assertThat(page.entries()).hasSizeLessThanOrEqualTo(pageSize);
            all.addAll(page.entries());
            after = page.next();
        } while (after != null);
        return all;
    }

    private static List<TrashEntry> all(Grid grid) {
        return all(grid, grid.home(), 1000);
    }

    private static void takeBack(Grid grid) {
        Set<String> live = Set.of("n1", "n2", "n3");
        while (grid.census().reclaim(live, record -> {}, (id, epoch) -> {}) > 0) {}
    }

    private static byte @Nullable [] content(Grid grid, GridPath path) {
        return grid.metadata().layout(path).inline();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void bringsBackAFile(Grid grid) {
        GridPath path = grid.path("d/f");
        FileStatus put = grid.putInline(path, "content");
        grid.files().remove(path, false, null);
        long removedMs = grid.clock().millis();

        TrashEntry only = all(grid).get(0);
        assertThat(all(grid)).hasSize(1);
        assertThat(only.entry()).isEqualTo(put);
        assertThat(only.removedMs()).isEqualTo(removedMs);
        assertThat(only.untilMs()).isGreaterThan(removedMs);
        OperationId operation = new OperationId("restore-1");
        FileStatus back = trash(grid).restore(put.id(), null, "ada", operation);

        assertThat(back).isEqualTo(put);
        assertThat(grid.files().stat(path)).isEqualTo(put);
        assertThat(content(grid, path)).isEqualTo(bytes("content"));
        assertThat(all(grid)).isEmpty();
        assertThat(trash(grid).restore(put.id(), null, "ada", operation))
                .as("once")
                .isEqualTo(put);
        GridPath elsewhere = grid.path("elsewhere");
        Expect.error(ErrorCode.NOT_FOUND, "of the trash", () -> trash(grid)
                .restore(put.id(), elsewhere, "ada", new OperationId("restore-2")));
        grid.clock().advance(Duration.ofHours(2));
        takeBack(grid);
        assertThat(content(grid, path)).as("it is not taken back").isEqualTo(bytes("content"));
    }

    @Test
    void bringsBackADirectoryWithAllThatWasInIt(Grid grid) {
        grid.putInline(grid.path("d/e/f"), "1");
        grid.putBlocks(grid.path("d/e/g"), OPTIONS, 1000, 50);
        FileStatus directory = grid.files().stat(grid.path("d"));
        grid.files().remove(grid.path("d"), true, null);
        assertThat(all(grid)).extracting(TrashEntry::entry).containsExactly(directory);

        trash(grid).restore(directory.id(), null, "ada", null);

        assertThat(content(grid, grid.path("d/e/f"))).isEqualTo(bytes("1"));
        assertThat(grid.files().stat(grid.path("d/e/g")).sizeBytes()).isEqualTo(1050);
        grid.putInline(grid.path("d/new"), "2"); // it takes names again
        assertThat(grid.files().list(grid.path("d"), null, 10).entries()).hasSize(2);
        Expect.error(ErrorCode.DIRECTORY_NOT_EMPTY, "directory not empty", () -> grid.files()
                .remove(grid.path("d"), false, null));
    }

    @Test
    void bringsBackWhatWasReplacedBesideWhatReplacedIt(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus first = grid.putInline(path, "first");
        grid.metadata().putInline(path, OPTIONS.overwriting(), bytes("second"));
        assertThat(all(grid)).extracting(each -> each.entry().id()).containsExactly(first.id());
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + path, () -> trash(grid)
                .restore(first.id(), null, "ada", null));

        FileStatus back = trash(grid).restore(first.id(), grid.path("elsewhere/g"), "ada", null);

        assertThat(back.path()).isEqualTo(grid.path("elsewhere/g").toString());
        assertThat(content(grid, grid.path("elsewhere/g"))).isEqualTo(bytes("first"));
        assertThat(content(grid, path)).isEqualTo(bytes("second"));
    }

    @Test
    void makesWhatIsMissingAboveAndKnowsWhereItCannotBe(Grid grid) {
        FileStatus file = grid.putInline(grid.path("a/b/f"), "1");
        FileStatus directory = grid.files().stat(grid.path("a"));
        grid.files().remove(grid.path("a/b/f"), false, null);
        grid.files().remove(grid.path("a"), true, null);
        assertThat(all(grid)).hasSize(2);

        trash(grid).restore(file.id(), null, "ada", null);

        assertThat(content(grid, grid.path("a/b/f"))).isEqualTo(bytes("1"));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("a"), () -> trash(grid)
                .restore(directory.id(), null, "ada", null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot restore to /.swarm/staging/x", () -> trash(grid)
                .restore(directory.id(), GridPath.parse("/.swarm/staging/x"), "ada", null));
        FileStatus moved = trash(grid).restore(directory.id(), grid.path("old"), "ada", null);
        assertThat(grid.files().stat(grid.path("old/b")).path()).startsWith(moved.path());
    }

    @Test
    void saysWhereItIsIfItsDirectoryIsGoneForGood(Grid grid) {
        FileStatus file = grid.putInline(grid.path("lost/b/f"), "1");
        grid.files().remove(grid.path("lost"), true, Removal.FOR_GOOD, null);
        takeBack(grid);
        Expect.error(ErrorCode.NOT_FOUND, "of the trash", () -> trash(grid).restore(file.id(), null, "ada", null));

        FileStatus later = grid.putInline(grid.path("lost/b/f"), "2");
        grid.clock().advance(Duration.ofHours(2));
        grid.files().remove(grid.path("lost/b/f"), false, null);
        grid.files().remove(grid.path("lost"), true, Removal.FOR_GOOD, null);
        takeBack(grid);

        TrashEntry left = all(grid, GridPath.parse("/lost+found"), 1000).stream()
                .filter(each -> each.entry().id() == later.id())
                .findFirst()
                .orElseThrow();
        FileStatus back = trash(grid).restore(later.id(), null, "ada", null);
        assertThat(back.path()).isEqualTo(left.entry().path());
        assertThat(content(grid, GridPath.parse(back.path()))).isEqualTo(bytes("2"));
        grid.files().remove(GridPath.parse(back.path()), false, Removal.FOR_GOOD, null);
    }

    @Test
    void closesWhatWasBeingWrittenWhenItWasRemoved(Grid grid) {
        OpenFile open = grid.metadata().create(grid.path("f"), OPTIONS);
        grid.files().remove(grid.path("f"), false, null);

        FileStatus back = trash(grid).restore(open.fileId(), null, "ada", null);

        assertThat(back.state()).isEqualTo("open");
        assertThat(grid.metadata().commitInline(open, bytes("written")).sizeBytes())
                .isEqualTo(7);
        assertThat(content(grid, grid.path("f"))).isEqualTo(bytes("written"));
    }

    @Test
    void showsNeitherWhatIsForNobodyNorWhatIsElsewhere(Grid grid) {
        OpenFile hidden = grid.metadata().begin(grid.path("hidden"), OPTIONS);
        grid.putInline(grid.path("one"), "1");
        grid.putInline(grid.path("two"), "2");
        grid.metadata().concat(Joins.looked(grid.metadata(), null, blocks(grid, "three"), blocks(grid, "four")));
        grid.files().remove(grid.path("one"), false, Removal.FOR_GOOD, null);
        assertThat(all(grid)).isEmpty();
        grid.files().remove(grid.path("two"), false, null);
        assertThat(all(grid)).hasSize(1);
        assertThat(all(grid, grid.path("two"), 10)).hasSize(1);
        assertThat(all(grid, grid.path("tw"), 10)).isEmpty();
        takeBack(grid);
        assertThat(all(grid)).hasSize(1);
        grid.metadata().abandon(hidden);
    }

    private static GridPath blocks(Grid grid, String name) {
        grid.putBlocks(grid.path(name), OPTIONS, 100);
        return grid.path(name);
    }

    @Test
    void listsPageByPage(Grid grid) {
        Set<Long> removed = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            removed.add(grid.putInline(grid.path("d" + i % 7 + "/f" + i), "x").id());
            grid.files().remove(grid.path("d" + i % 7 + "/f" + i), false, null);
        }

        for (int pageSize : new int[] {1, 7, 60, 1000}) {
            assertThat(all(grid, grid.home(), pageSize))
                    .extracting(each -> each.entry().id())
                    .hasSize(60)
                    .containsExactlyInAnyOrderElementsOf(removed);
        }
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad page size: 0", () -> trash(grid)
                .list(grid.home(), null, 0));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad place in the trash: x", () -> trash(grid)
                .list(grid.home(), "x", 1));
    }

    @Test
    void isEmptiedByPlaceAndAge(Grid grid) {
        grid.putInline(grid.path("a/old"), "1");
        grid.putInline(grid.path("b/old"), "1");
        grid.files().remove(grid.path("a/old"), false, null);
        grid.files().remove(grid.path("b/old"), false, null);
        long oldMs = grid.clock().millis();
        grid.clock().advance(Duration.ofMinutes(1));
        FileStatus young = grid.putInline(grid.path("a/young"), "2");
        grid.files().remove(grid.path("a/young"), false, null);

        assertThat(trash(grid).empty(grid.path("a"), oldMs)).isEqualTo(1);

        assertThat(all(grid))
                .extracting(each -> each.entry().path())
                .containsExactlyInAnyOrder(
                        grid.path("b/old").toString(), grid.path("a/young").toString());
        takeBack(grid);
        assertThat(grid.metadata().layout(young.id()).inline()).isEqualTo(bytes("2"));
        assertThat(trash(grid).empty(grid.home(), grid.clock().millis())).isEqualTo(2);
        assertThat(trash(grid).empty(grid.home(), grid.clock().millis())).isZero();
        takeBack(grid);
        Expect.error(ErrorCode.NOT_FOUND, "not found", () -> grid.metadata().layout(young.id()));
    }

    @Test
    void whatIsRemovedForGoodIsTakenBackAtOnce(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("d/f"), OPTIONS, 100);
        grid.files().remove(grid.path("d"), true, Removal.FOR_GOOD, null);
        List<Long> gone = new ArrayList<>();
        Set<String> live = Set.of("n1", "n2", "n3");

        while (grid.census().reclaim(live, record -> gone.add(record.fileId()), (id, epoch) -> {}) > 0) {}

        assertThat(gone).contains(file.id());
        assertThat(grid.files().remove(grid.path("d"), true, Removal.FOR_GOOD, null))
                .isFalse();
    }
}
