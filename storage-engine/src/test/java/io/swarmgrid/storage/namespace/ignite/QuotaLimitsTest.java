package io.swarmgrid.storage.namespace.ignite;

import static io.swarmgrid.client.wire.QuotaChange.NO_LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Limits of quotas that are changed. */
@ExtendWith(OneNode.class)
final class QuotaLimitsTest {
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

    private void requireUsed(long bytes, long entries) {
        QuotaStatus quota = grid.namespace().quotas().of(top).get(0);
        assertThat(List.of(quota.usedBytes(), quota.usedEntries())).isEqualTo(List.of(bytes, entries));
    }

    private GridPath in(String name) {
        return top.child(name);
    }

    private void put(String name, int bytes) {
        grid.putInline(in(name), "x".repeat(bytes));
    }

    private void refused(String message, ThrowingCallable call) {
        Expect.error(ErrorCode.QUOTA_EXCEEDED, message, call);
    }

    private void takeBack() {
        grid.clock().advance(Duration.ofHours(2));
        while (grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {}) > 0) {}
    }

    private void settle() {
        for (int i = 0; i < 5; i++) {
            grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
        }
    }

    @Test
    void refusesGrowthWhereItWasLowered() {
        set(top, 100L, null);
        put("a", 40);
        put("b", 40);
        set(top, 50L, null);
        requireUsed(80, 2);
        refused("50B, used 80B", () -> put("c", 1));
        grid.files().remove(in("a"), false, Files.Removal.FOR_GOOD, null);
        put("none", 0);
        takeBack();
        requireUsed(40, 2);
        refused("50B, used 40B", () -> put("c", 11));
        put("c", 10);
        requireUsed(50, 3);
    }

    @Test
    void leavesALimitThatIsNotNamed() {
        set(top, 100L, 2L);
        set(top, 50L, null);
        put("a", 10);
        put("b", 10);
        refused("quota of " + top + ": 2 entries, used 2", () -> put("c", 0));
        set(top, null, 3L);
        refused("quota of " + top + ": 50B, used 20B", () -> put("c", 31));
        assertThat(set(top, NO_LIMIT, null)).isEqualTo(status(null, 3L));
        assertThat(set(top, 60L, NO_LIMIT)).isEqualTo(status(60L, null));
        grid.namespace().quotas().set(top, NO_LIMIT, null);
        assertThat(grid.namespace().quotas().of(top)).isEmpty();
        settle();
        put("c", 1000);
        assertThat(set(top, null, 4L).limitBytes())
                .as("what an earlier one had")
                .isNull();
    }

    private QuotaStatus status(@Nullable Long bytes, @Nullable Long entries) {
        return new QuotaStatus(top.toString(), bytes, entries, 20, 2, QuotaState.ACTIVE);
    }
}
