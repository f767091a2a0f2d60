package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files that somebody was writing before a quota counted them: what is written already has its place. */
@ExtendWith(OneNode.class)
final class QuotaWritersTest {
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

    private void limit(long bytes) {
        grid.namespace().quotas().set(top, bytes, null);
        QuotaAudit.settle(grid.namespace(), top);
    }

    private long usedBytes() {
        List<QuotaStatus> all = grid.namespace().quotas().of(top);
        return all.get(all.size() - 1).usedBytes();
    }

    @Test
    void aFileThatIsRenamedIntoItBringsItsBlocksAlong() {
        limit(BLOCK + 10);
        OpenFile file = grid.metadata().create(grid.path("outside"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(file, 1000);

        grid.files().rename(grid.path("outside"), top.child("inside"), false, null);
        assertThat(usedBytes()).isEqualTo(BLOCK);
        Expect.error(
                ErrorCode.QUOTA_EXCEEDED, "wanted 11B more", () -> grid.putInline(top.child("more"), "x".repeat(11)));
        grid.metadata().close(file, blocks, 1000, Closing.ENDED);

        assertThat(usedBytes()).isEqualTo(1000);
        grid.putInline(top.child("more"), "x".repeat(11));
    }

    @Test
    void aFileIsClosedWithWhatWasWrittenBeforeTheQuotaWasSet() {
        OpenFile file = grid.metadata().create(top.child("open"), OPTIONS);
        List<BlockId> blocks = grid.sealBlocks(file, BLOCK);
        limit(10);
        assertThat(usedBytes()).isEqualTo(BLOCK);

        grid.metadata().close(file, blocks, BLOCK, Closing.ENDED);

        assertThat(usedBytes()).isEqualTo(BLOCK);
        assertThat(grid.files().stat(top.child("open")).sizeBytes()).isEqualTo(BLOCK);
    }
}
