package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.MetadataCheckResult.MiscountedQuota;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares of quotas are changed in their store, as a fault of their counting would. */
class QuotaSumsTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final int FILES = 20;
    private static final int BYTES = 10;
    private static final GridPath OFF = GridPath.parse("/off");
    private static final GridPath WELL = GridPath.parse("/well");

    @TempDir
    private Path directory;

    @AutoClose
    private MetadataCheck check;

    private TestGrid grid;

    @BeforeEach
    void start() {
        grid = TestGrid.start(directory, new TestClock(), Map.of(), "n1", "n2");
        grid.member(1).namespace().check().close(); // what it offers stays
        check = grid.first().namespace().check();
        for (GridPath top : List.of(OFF, WELL)) {
            for (int i = 0; i < FILES; i++) {
                put(GridPath.parse(top + "/d" + i % 3 + "/f" + i));
            }
            grid.first().namespace().quotas().set(top, 10_000L, null);
            settle(top);
        }
    }

    @AfterEach
    void stop() {
        grid.close();
    }

    @Test
    void areCheckedAndCountedAnew() {
        assertThat(check(false).quotas()).isEmpty();
        QuotaStatus before = quota(OFF);
        shift(new Amount(70, -1));
        assertThat(quota(OFF).usedBytes()).isEqualTo(before.usedBytes() + 70);

        MetadataCheckResult found = check(false);
        assertThat(found.quotas()).containsExactly(new MiscountedQuota("/off", 70, -1));
        assertThat(found.differing()).isEmpty();

        MetadataCheckResult repaired = check(true);
        assertThat(repaired.recounted()).isEqualTo(1);
        assertThat(repaired.quotas()).isEmpty();
        assertThat(settle(OFF)).isEqualTo(before);
        assertThat(check(true).recounted()).isZero();
        QuotaAudit.requireExact(grid.first().ignite());
    }

    @Test
    void areTakenForNothingElseWhileOthersWrite() throws InterruptedException {
        AtomicBoolean ends = new AtomicBoolean();
        List<Throwable> thrown = new ArrayList<>();
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; !ends.get(); i++) {
                    GridPath path = GridPath.parse("/off/d" + i % 3 + "/f" + i % FILES);
                    grid.member(1)
                            .namespace()
                            .fileMetadata()
                            .putInline(path, OPTIONS.overwriting(), new byte[i % BYTES]);
                }
            } catch (RuntimeException e) {
                thrown.add(e);
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 3; i++) {
                assertThat(check(false).quotas()).isEmpty();
            }
        } finally {
            ends.set(true);
            writer.join();
        }
        assertThat(thrown).isEmpty();
        assertThat(check(false).quotas()).isEmpty();
    }

    /** In one partition where something is counted. */
    private void shift(Amount by) {
        Runner runner = new Runner(grid.first().ignite(), grid.first().nodes());
        long id = runner.look(tables -> tables.charging().all().entrySet().stream()
                .filter(each -> each.getValue().directory()
                        == grid.first().namespace().files().stat(OFF).id())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow());
        runner.changeHere(tables -> {
            Map.Entry<QuotaKey, Allowance> any = tables.charging().shares(tables.partitions(), id).entrySet().stream()
                    .filter(each -> each.getValue().used().entries() > 1)
                    .findFirst()
                    .orElseThrow();
            Allowance share = any.getValue();
            tables.charging().share(any.getKey(), share.using(share.used().plus(by)));
            return id;
        });
    }

    private QuotaStatus settle(GridPath path) {
        return QuotaAudit.settle(
                List.of(grid.member(0).namespace(), grid.member(1).namespace()), path);
    }

    private QuotaStatus quota(GridPath path) {
        return grid.first().namespace().quotas().of(path).get(0);
    }

    private void put(GridPath path) {
        grid.first().namespace().fileMetadata().putInline(path, OPTIONS, new byte[BYTES]);
    }

    private MetadataCheckResult check(boolean repair) {
        return CheckedMetadata.by(check, repair);
    }
}
