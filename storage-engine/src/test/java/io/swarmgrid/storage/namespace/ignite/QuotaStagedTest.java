package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import io.swarmgrid.storage.staging.StagedSession;
import io.swarmgrid.storage.staging.Staging;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work that is staged for a place with a quota: given up it counts no more, and what cannot become visible is refused. */
@ExtendWith(OneNode.class)
final class QuotaStagedTest {
    private static final CallContext CALL = new CallContext(Caller.LOCAL, QosClass.BULK, "test");
    private static final Duration IDLE = Duration.ofMinutes(5);

    private Grid grid;
    private GridPath top;
    private Staging staging;

    @BeforeEach
    void limit(Grid given) {
        grid = given;
        top = grid.path("q");
        staging = new Staging(grid.files(), IDLE, 3, grid.clock());
        grid.makeDirectory(top);
        limit(top);
    }

    private void limit(GridPath path) {
        grid.namespace().quotas().set(path, 100L, null);
        QuotaAudit.settle(grid.namespace(), path);
    }

    @AfterEach
    void countAll() {
        staging.expire();
        QuotaAudit.requireExact(grid.ignite());
    }

    private StagedSession begin(String putId) {
        return staging.begin(CALL, "set", top.child("set"), "{}", putId);
    }

    /** What is due by now, without waiting for anything. */
    private void takeBack() {
        while (grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {}) > 0) {}
    }

    private long usedBytes() {
        List<QuotaStatus> all = grid.namespace().quotas().of(top);
        return all.get(all.size() - 1).usedBytes();
    }

    private void fill(StagedSession session) {
        grid.putInline(session.content().child("part"), "x".repeat(100));
        assertThat(usedBytes()).isEqualTo(100);
    }

    @Test
    void countsNoMoreOnceItWasAborted() {
        StagedSession session = begin("first");
        fill(session);
        assertThat(staging.abort(session.id())).isTrue();
        takeBack();
        assertThat(usedBytes()).isZero();
        fill(begin("second"));
    }

    @Test
    void countsNoMoreOnceItWasSilentForTooLong() {
        StagedSession session = begin("same");
        fill(session);
        grid.clock().advance(IDLE.plusSeconds(20));
        assertThat(begin("same").id()).isEqualTo(session.id());
        takeBack();
        fill(session);
        grid.clock().advance(IDLE.plusSeconds(20));
        assertThat(staging.expire()).isPositive();
        takeBack();
        assertThat(usedBytes()).isZero();
    }

    @Test
    void countsNoMoreWhereAFileOfItWasRemoved() {
        StagedSession session = begin("first");
        fill(session);
        grid.files().remove(session.content().child("part"), false, null);
        takeBack();
        fill(session);
    }

    @Test
    void saysThatItCannotReplaceWhatHasAQuotaItself() {
        GridPath set = top.child("set");
        grid.makeDirectory(set);
        limit(set);
        Expect.error(
                ErrorCode.PRECONDITION_FAILED, "cannot replace a directory that has a quota: " + set, () -> grid.files()
                        .requireReplaceable(set));
        grid.files().requireReplaceable(top.child("none"));
        StagedSession session = begin("over");
        grid.putInline(session.content().child("part"), "x");
        Publication over =
                new Publication(session.content(), set, PutMode.OVERWRITE, EntryKind.DATASET, Map.of(), 0, null);
        Expect.error(
                ErrorCode.PRECONDITION_FAILED, "cannot replace a directory that has a quota: " + set, () -> grid.files()
                        .publish(over));
    }
}
