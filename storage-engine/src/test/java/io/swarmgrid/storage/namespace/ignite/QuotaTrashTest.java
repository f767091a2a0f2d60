package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import io.swarmgrid.storage.namespace.ignite.SettleStep.Part;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Directories that come back from the trash to where quotas are others by now, or are just being counted. */
@ExtendWith(OneNode.class)
final class QuotaTrashTest {
    private static final long TOKEN = 0x51e77;

    private Grid grid;
    private GridPath top;
    private Runner runner;
    private long removed;

    @BeforeEach
    void makeTree(Grid given) {
        grid = given;
        top = grid.path("q");
        runner = new Runner(grid.ignite(), grid.nodes());
        grid.putInline(in("d/e/f"), "x".repeat(10));
        grid.putInline(in("d/g"), "x".repeat(5));
        removed = id(in("d"));
    }

    @AfterEach
    void countAll() {
        QuotaAudit.requireExact(grid.ignite());
    }

    private GridPath in(String name) {
        return GridPath.parse(top + "/" + name);
    }

    private long id(GridPath path) {
        return grid.files().stat(path).id();
    }

    private Inode inode(GridPath path) {
        long id = id(path);
        return runner.look(tables -> Objects.requireNonNull(tables.inode(id)));
    }

    private void set(GridPath path, long bytes) {
        grid.namespace().quotas().set(path, bytes, 100L);
        QuotaAudit.settle(grid.namespace(), path);
        settle();
    }

    private void clear() {
        grid.namespace().quotas().clear(top);
        settle();
    }

    private void settle() {
        for (int i = 0; i < 5; i++) {
            grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
        }
    }

    private void requireUsed(long bytes, long entries) {
        List<QuotaStatus> all = grid.namespace().quotas().of(top);
        QuotaStatus quota = all.get(all.size() - 1);
        assertThat(quota.state()).isEqualTo(QuotaState.ACTIVE);
        assertThat(List.of(quota.usedBytes(), quota.usedEntries())).isEqualTo(List.of(bytes, entries));
    }

    private void remove(GridPath path) {
        assertThat(grid.files().remove(path, true, null)).isTrue();
    }

    private void restore(@Nullable GridPath to) {
        grid.namespace().trash().restore(removed, to, "ada", null);
    }

    private void rename(GridPath from, GridPath to) {
        grid.files().rename(from, to, false, null);
    }

    @Test
    void comesBackIntoAQuotaThatWasSetMeanwhile() {
        remove(in("d"));
        set(top, 100);
        requireUsed(0, 0);
        restore(null);
        settle();
        requireUsed(15, 4);
        rename(in("d/e"), in("e"));
        rename(in("d"), in("e/d"));
        requireUsed(15, 4);
        Expect.error(
                ErrorCode.QUOTA_EXCEEDED,
                "used 15B, wanted 86B more",
                () -> grid.putInline(in("e/d/more"), "x".repeat(86)));
    }

    @Test
    void comesBackWhereTheQuotaIsNoMore() {
        set(top, 100);
        remove(in("d"));
        clear();
        restore(null);
        settle();
        assertThat(inode(in("d/e/f")).charge()).isEqualTo(Charge.NONE);
        assertThat(inode(in("d")).charge()).isEqualTo(Charge.NONE);
        rename(in("d"), grid.path("elsewhere"));
    }

    @Test
    void comesBackIntoAQuotaThatWasTakenAwayAndGivenAnew() {
        set(top, 100);
        remove(in("d"));
        clear();
        set(top, 200);
        requireUsed(0, 0);
        restore(in("d2"));
        settle();
        requireUsed(15, 4);
        rename(in("d2/e"), in("e"));
    }

    @Test
    void comesBackWhereTheDirectoryOfTheQuotaWasRemovedAsWell() {
        GridPath above = grid.path("above");
        grid.makeDirectory(above);
        rename(top, above.child("q"));
        top = above.child("q");
        set(top, 100);
        remove(in("d"));
        long topId = id(top);
        remove(above);
        restore(null);
        settle();
        assertThat(grid.namespace().quotas().of(in("d"))).isEmpty();
        rename(in("d"), grid.path("elsewhere"));
        grid.namespace().trash().restore(topIdAbove(topId), grid.path("back"), "ada", null);
        settle();
        top = grid.path("back/q");
        requireUsed(0, 0);
    }

    private long topIdAbove(long topId) {
        return runner.look(
                tables -> Objects.requireNonNull(tables.inode(topId)).link().parentId());
    }

    @Test
    void doesNotGoFromOneQuotaToAnother() {
        set(top, 100);
        GridPath other = grid.path("other");
        grid.makeDirectory(other);
        set(other, 100);
        remove(in("d"));
        for (GridPath to : List.of(other.child("d"), grid.path("d"))) {
            Expect.error(ErrorCode.PRECONDITION_FAILED, "cannot move a directory", () -> restore(to));
        }
        restore(null);
        requireUsed(15, 4);
    }

    @Test
    void isCountedWhereItWasRemovedAndRestoredWhileItWas() {
        grid.namespace().quotas().set(top, 100L, 100L);
        long quota = inode(top).charge().own();
        long topId = id(top);
        assertThat(step(Part.BEGIN, topId, quota).goesOn()).isTrue();
        assertThat(step(Part.PAGE, topId, quota).directories()).containsExactly(removed);
        assertThat(step(Part.BEGIN, removed, 0).goesOn()).isTrue();
        remove(in("d"));
        assertThat(step(Part.PAGE, removed, 0).goesOn()).isFalse();
        restore(null);
        assertThat(step(Part.END, topId, quota).goesOn()).isTrue();
        settle();

        requireUsed(15, 4);
        rename(in("d"), in("d2"));
        rename(in("d2/e"), in("e"));
    }

    @Test
    void countsNoMoreWhereItWasRemovedAndRestoredWhileThatWasTold() {
        set(top, 100);
        long quota = inode(top).charge().own();
        long topId = id(top);
        grid.namespace().quotas().clear(top);
        step(Part.BEGIN, topId, quota);
        step(Part.PAGE, topId, quota);
        step(Part.BEGIN, removed, 0);
        remove(in("d"));
        restore(null);
        assertThat(step(Part.END, topId, quota).goesOn()).isTrue();
        settle();

        assertThat(inode(in("d/e/f")).charge()).isEqualTo(Charge.NONE);
        rename(in("d"), grid.path("elsewhere"));
    }

    /** As a restore from a backup does that comes while a walk is on its way. */
    @Test
    void isCountedWhereItWasWrittenBehindTheWalk() {
        grid.namespace().quotas().set(top, 100L, 100L);
        long quota = inode(top).charge().own();
        long topId = id(top);
        Inode uncounted = inode(in("d/g"));
        long file = id(in("d/g"));
        step(Part.BEGIN, topId, quota);
        step(Part.PAGE, topId, quota);
        for (Part part : Part.values()) {
            step(part, removed, 0);
        }
        runner.rebuild(tables -> {
            tables.dropInode(file);
            tables.rewritten(file, uncounted);
            return file;
        });
        QuotaWork.recountAll(runner);
        assertThat(step(Part.END, topId, quota).goesOn()).isFalse();
        settle();
        requireUsed(15, 4);
    }

    private SettleStep.Answer step(Part part, long directory, long quota) {
        SettleStep step = new SettleStep(part, directory, TOKEN, quota, null);
        return SettleStep.Answer.decode(runner.change(directory, step));
    }
}
