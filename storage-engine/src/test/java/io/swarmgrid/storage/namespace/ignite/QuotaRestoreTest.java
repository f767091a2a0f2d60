package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.storage.namespace.Files;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What entries count for that a restore from a backup puts elsewhere. */
final class QuotaRestoreTest extends RestoredGrid {
    @AfterEach
    void countAll() {
        QuotaAudit.requireExact(grid.first().ignite());
    }

    private QuotaStatus settle(String path) {
        QuotaStatus status = QuotaAudit.settle(
                List.of(grid.member(0).namespace(), grid.member(1).namespace()), path(path));
        settle();
        return status;
    }

    private void settle() {
        for (int i = 0; i < 10; i++) {
            grid.member(i % 2).namespace().census().reclaim(Set.of("n1", "n2"), record -> {}, (id, epoch) -> {});
        }
    }

    private void limit(String path) {
        grid.first().namespace().quotas().set(path(path), 1000L, 100L);
        settle(path);
    }

    private QuotaStatus counted(String path) {
        return new QuotaStatus(path, 1000L, 100L, 0, 0, QuotaState.ACTIVE);
    }

    private Inode inode(String path) {
        long id = files().stat(path(path)).id();
        return Objects.requireNonNull(Tables.of(grid.first().ignite()).inode(id));
    }

    @Test
    void filesThatGoBackOutOfAQuotaCountNoMore() {
        put("/a/f", "12345");
        put("/q/x", "123");
        backup("one");
        limit("/q");
        files().rename(path("/a/f"), path("/q/f"), false, null);
        files().remove(path("/q/x"), false, null);
        put("/q/x", "1234567");

        RecoverResult done = restore("one", false);

        assertThat(tree()).containsEntry("/a/f", "12345").containsEntry("/q/x", "123");
        String relocated = done.problems().get(0).path();
        assertThat(tree()).containsEntry(relocated, "1234567");
        assertThat(inode("/a/f").charge()).isEqualTo(Charge.NONE);
        assertThat(inode(relocated).charge()).isEqualTo(Charge.NONE);
        assertThat(settle("/q").usedBytes()).isEqualTo(3);
    }

    @Test
    void directoriesThatGoBackOutOfAQuotaCountNoMoreWithAllThatIsBelow() {
        put("/a/d/e/f", "12345");
        put("/a/d/g", "1");
        backup("one");
        files().makeDirectory(path("/q"), "ada", Files.Parents.MAKE);
        files().rename(path("/a/d"), path("/q/d"), false, null);
        limit("/q");
        assertThat(settle("/q").usedBytes()).isEqualTo(6);

        restore("one", false);
        settle();

        assertThat(inode("/a/d/e/f").charge()).isEqualTo(Charge.NONE);
        assertThat(settle("/q")).isEqualTo(counted("/q"));
        put("/a/d/e/more", "1");
        files().rename(path("/a/d/e"), path("/elsewhere"), false, null);
        assertThat(settle("/q")).isEqualTo(counted("/q"));
    }

    @Test
    void whatIsAsItWasIsNotWrittenForWhatItCountsForByNow() {
        put("/q/f", "12345");
        put("/q/d/g", "1");
        backup("one");
        limit("/q");

        restore("one", false);

        for (String path : List.of("/q/f", "/q/d", "/q/d/g")) {
            assertThat(Stamps.era(inode(path).revision().changes())).as(path).isZero();
        }
        assertThat(settle("/q").usedEntries()).isEqualTo(3);
        GridPath deep = path("/q/d/more");
        put(deep.toString(), "12");
        assertThat(settle("/q").usedBytes()).isEqualTo(8);
    }
}
