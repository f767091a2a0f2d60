package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What quotas allow, to the byte and the entry, whatever is done. */
@ExtendWith(OneNode.class)
final class QuotaTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final long BLOCK = 1 << 20;

    private Grid grid;
    private GridPath top;

    @BeforeEach
    void makeDirectory(Grid given) {
        grid = given;
        top = grid.path("q");
        grid.makeDirectory(top);
    }

    @AfterEach
    void countAll() {
        QuotaAudit.requireExact(grid.ignite());
    }

    private QuotaStatus set(GridPath path, @Nullable Long bytes, @Nullable Long entries) {
        grid.namespace().quotas().set(path, bytes, entries);
        return QuotaAudit.settle(grid.namespace(), path);
    }

    private QuotaStatus quota(GridPath path) {
        List<QuotaStatus> all = grid.namespace().quotas().of(path);
        return all.get(all.size() - 1);
    }

    private void requireUsed(long bytes, long entries) {
        QuotaStatus quota = quota(top);
        assertThat(List.of(quota.usedBytes(), quota.usedEntries())).isEqualTo(List.of(bytes, entries));
    }

    private GridPath in(String name) {
        return GridPath.parse(top + "/" + name);
    }

    private FileStatus put(String name, int bytes) {
        return grid.putInline(in(name), "x".repeat(bytes));
    }

    private void takeBack() {
        grid.clock().advance(Duration.ofHours(2));
        while (grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {}) > 0) {}
    }

    private void refused(String message, ThrowingCallable call) {
        Expect.error(ErrorCode.QUOTA_EXCEEDED, message, call);
    }

    @Test
    void allowsSoManyEntriesAndNoMore() {
        set(top, null, 10L);
        for (int i = 0; i < 9; i++) {
            put("f" + i, 5);
        }
        grid.makeDirectory(in("d"));
        requireUsed(45, 10);
        refused("quota of " + top + ": 10 entries, used 10, wanted 1 more", () -> put("more", 0));
        refused("quota of " + top, () -> grid.makeDirectory(in("d/e")));
        refused("quota of " + top, () -> grid.metadata().create(in("open"), OPTIONS));

        grid.files().remove(in("f0"), false, Files.Removal.FOR_GOOD, null);
        takeBack();
        put("more", 0);
        refused("quota of " + top, () -> put("yet", 0));
        requireUsed(40, 10);
    }

    @Test
    void allowsSoManyBytesAndNoMore() {
        set(top, 250L, null);
        put("a", 100);
        put("d/b", 100);
        refused("250B, used 200B, wanted 51B more", () -> put("c", 51));
        put("c", 50);
        put("empty", 0);
        refused("used 250B, wanted 1B more", () -> put("d/x", 1));
        requireUsed(250, 5);
    }

    @Test
    void makesAllOrNoneOfManyFiles() {
        set(top, null, 4L);
        List<SmallFile> three = List.of(small("a"), small("b"), small("c"));
        grid.metadata().putMany(top, three, OPTIONS);
        refused("used 3", () -> grid.metadata().putMany(top, List.of(small("d"), small("e")), OPTIONS));
        requireUsed(3, 3);
        grid.metadata().putMany(top, List.of(small("d")), OPTIONS);
    }

    private static SmallFile small(String name) {
        return new SmallFile(name, new byte[] {1});
    }

    @Test
    void countsWhatIsThereAlready() {
        put("a", 10);
        put("d/e/b", 20);
        grid.putInline(grid.path("elsewhere/c"), "123");
        grid.files().rename(grid.path("elsewhere/c"), in("d/c"), false, null);
        grid.putBlocks(in("d/big"), OPTIONS, 1000, 50);
        grid.namespace().quotas().set(top, 5L, null);
        assertThat(quota(top).state()).isEqualTo(QuotaState.COUNTING);
        put("meanwhile", 1);
        QuotaStatus counted = QuotaAudit.settle(grid.namespace(), top);

        assertThat(counted).isEqualTo(new QuotaStatus(top.toString(), 5L, null, 1084, 7, QuotaState.ACTIVE));
        refused("used", () -> put("more", 1));
        put("empty", 0);
        assertThat(set(top, 2000L, 100L).usedBytes()).isEqualTo(1084);
        put("more", 916);
        refused("used", () -> put("yet", 1));
        takeBack();
        requireUsed(2000, 9);
    }

    @Test
    void countsForAllAbove() {
        GridPath inner = in("inner");
        grid.makeDirectory(inner);
        set(top, 100L, null);
        set(inner, 60L, 2L);
        put("inner/a", 50);
        refused("quota of " + inner + ": 60B", () -> put("inner/b", 20));
        put("b", 50);
        refused("quota of " + top + ": 100B, used 100B", () -> put("inner/c", 5));
        assertThat(grid.namespace().quotas().of(in("inner/a"))).hasSize(2);
        refused("quota of " + inner, () -> grid.files().rename(in("b"), in("inner/b2"), false, OP));
        grid.files().rename(in("inner/a"), in("a"), false, OP);
        assertThat(quota(inner).usedBytes()).isZero();
        requireUsed(100, 3);
    }

    private static final OperationId OP = new OperationId("quota-rename");

    @Test
    void countsBlocksThatMayBeFilled() {
        set(top, 2 * BLOCK + 100, null);
        OpenFile file = grid.metadata().create(in("open"), OPTIONS);
        List<BlockId> first = grid.sealBlocks(file, 1000);
        requireUsed(BLOCK, 1);
        grid.metadata().allocate(file, 1000, Set.of());
        requireUsed(BLOCK + 1000, 1);
        grid.metadata().close(file, first, 1000, Closing.ENDED);
        requireUsed(1000, 1);

        OpenFile hidden = grid.metadata().begin(in("hidden"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(hidden, BLOCK);
        requireUsed(1000 + BLOCK, 1);
        refused("wanted", () -> grid.metadata().allocate(hidden, BLOCK, Set.of()));
        grid.metadata().commit(hidden, blocks);
        requireUsed(1000 + BLOCK, 2);

        OpenFile given = grid.metadata().begin(in("given"), OPTIONS);
        refused("wanted", () -> grid.metadata().allocate(given, 0, Set.of()));
        grid.metadata().abandon(given);
        takeBack();
        requireUsed(1000 + BLOCK, 2);
    }

    @Test
    void givesBackWhatWasAbandoned() {
        set(top, 10 * BLOCK, null);
        OpenFile file = grid.metadata().begin(in("hidden"), OPTIONS);
        grid.sealBlocks(file, 1000, 2000);
        requireUsed(1000 + BLOCK, 0);
        grid.metadata().abandon(file);
        takeBack();
        requireUsed(0, 0);
    }

    @Test
    void countsWhatIsAppendedFilledAndJoined() {
        set(top, 4 * BLOCK, null);
        FileStatus empty = grid.metadata().createEmpty(in("empty"), OPTIONS);
        grid.metadata().fill(empty.id(), new byte[77], null, null);
        requireUsed(77, 1);
        grid.putBlocks(in("a"), OPTIONS, 100, 50);
        grid.putBlocks(in("b"), OPTIONS, 30);
        requireUsed(77 + 180, 3);
        grid.metadata().concat(Joins.looked(grid.metadata(), null, in("a"), in("b")));
        requireUsed(77 + 180, 2);
        takeBack();
        requireUsed(77 + 180, 2);
        set(top, 1L, null);
        refused("used", () -> grid.metadata().fill(put0(), new byte[1], null, null));
    }

    private long put0() {
        return grid.metadata()
                .createEmpty(in("second" + grid.clock().millis()), OPTIONS)
                .id();
    }

    @Test
    void keepsCountingWhatLiesInTheTrash() {
        set(top, 100L, null);
        FileStatus put = put("a", 80);
        grid.files().remove(in("a"), false, null);
        requireUsed(80, 1);
        refused("at least 80B in 1 entries of it lie in the trash", () -> put("b", 30));
        grid.namespace().trash().restore(put.id(), null, "ada", null);
        requireUsed(80, 1);
        grid.metadata().putInline(in("a"), OPTIONS.overwriting(), new byte[20]);
        requireUsed(100, 2);
        takeBack();
        requireUsed(20, 1);
        put("d/e", 10);
        grid.files().remove(in("d"), true, null);
        takeBack();
        requireUsed(20, 1);
    }

    @Test
    void followsFilesThatAreRenamed() {
        GridPath other = grid.path("other");
        grid.makeDirectory(other);
        set(top, 100L, null);
        set(other, 50L, null);
        put("a", 40);
        put("b", 40);
        grid.files().rename(in("a"), other.child("a"), false, null);
        requireUsed(40, 1);
        assertThat(quota(other).usedBytes()).isEqualTo(40);
        refused("quota of " + other, () -> grid.files().rename(in("b"), other.child("b"), false, null));
        grid.files().rename(other.child("a"), grid.path("free"), false, null);
        assertThat(quota(other).usedBytes()).isZero();
        grid.files().rename(grid.path("free"), in("d"), false, null);
        requireUsed(80, 2);
    }

    @Test
    void movesDirectoriesOnlyWhereTheyCountForTheSame() {
        put("d/e/f", 10);
        grid.putInline(grid.path("free/x"), "1");
        set(top, 100L, null);
        grid.files().rename(in("d/e"), in("e"), false, null);
        put("e/g", 10);
        requireUsed(20, 4);
        Expect.error(ErrorCode.PRECONDITION_FAILED, "cannot move a directory", () -> grid.files()
                .rename(in("e"), grid.path("e"), false, null));
        Expect.error(ErrorCode.PRECONDITION_FAILED, "cannot move a directory", () -> grid.files()
                .rename(grid.path("free"), in("free"), false, null));
        grid.files().rename(top, grid.path("moved"), false, null);
        top = grid.path("moved");
        put("e/h", 10);
        requireUsed(30, 5);
    }

    @Test
    void isTakenAwayAndGivenAnew() {
        set(top, 100L, null);
        put("d/a", 60);
        FileStatus removed = put("b", 10);
        grid.files().remove(in("b"), false, null);
        grid.namespace().quotas().clear(top);
        assertThat(grid.namespace().quotas().of(top)).isEmpty();
        put("c", 90);
        takeBackNothing();
        set(top, 200L, null);
        requireUsed(150, 3);
        grid.namespace().trash().restore(removed.id(), null, "ada", null);
        requireUsed(160, 4);
        refused("200B, used 160B", () -> put("e", 41));
        grid.namespace().quotas().clear(top);
        takeBackNothing();
        IntoNothing.requireUncounted(grid, in("d/a"));
    }

    private void takeBackNothing() {
        for (int i = 0; i < 5; i++) {
            grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
        }
    }

    private static final class IntoNothing {
        static void requireUncounted(Grid grid, GridPath path) {
            long id = grid.files().stat(path).id();
            Inode inode = new Runner(grid.ignite(), grid.nodes()).look(tables -> tables.inode(id));
            assertThat(inode).isNotNull().extracting(Inode::charge).isEqualTo(Charge.NONE);
        }
    }

    @Test
    void countsWhatIsStagedFromTheBeginning() {
        set(top, 100L, 5L);
        String session = "quota-" + top.names().get(0);
        GridPath home = Files.STAGING.child(session);
        grid.makeDirectory(home);
        grid.files().countAs(home, in("set"));
        grid.makeDirectory(home.child("content"));
        grid.putInline(home.child("content").child("part"), "x".repeat(70));
        requireUsed(70, 2);
        refused("quota of " + top, () -> grid.putInline(home.child("content").child("more"), "x".repeat(31)));
        grid.files()
                .publish(new Publication(
                        home.child("content"), in("set"), PutMode.CREATE, EntryKind.DATASET, Map.of(), 0, null));
        requireUsed(70, 2);
        grid.files().remove(home, true, Files.Removal.FOR_GOOD, null);
        put("set2/x", 30);
        refused("quota of " + top, () -> put("y", 1));
    }

    @Test
    void refusesWhatMakesNoSense() {
        Expect.error(ErrorCode.INVALID_ARGUMENT, "limits bytes, entries, or both", () -> set(top, null, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad quota of bytes: 0", () -> set(top, 0L, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad quota of entries: -2", () -> set(top, null, -2L));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "no quota for /.swarm/staging", () -> set(Files.STAGING, 1L, null));
        put("f", 1);
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "f", () -> set(in("f"), 1L, null));
        Expect.error(ErrorCode.NOT_FOUND, "none", () -> set(in("none"), 1L, null));
        GridPath deep = top;
        for (int i = 0; i < NestedQuotas.MAX; i++) {
            set(deep, 1000L, null);
            deep = deep.child("d");
            grid.makeDirectory(deep);
        }
        GridPath deepest = deep;
        Expect.error(ErrorCode.PRECONDITION_FAILED, "one above the other", () -> set(deepest, 1L, null));
    }

    @Test
    void costsNothingWhereThereIsNone() {
        put("d/f", 3);
        IntoNothing.requireUncounted(grid, in("d/f"));
    }
}
