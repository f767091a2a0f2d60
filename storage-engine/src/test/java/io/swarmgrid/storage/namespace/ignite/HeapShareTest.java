package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import java.lang.ref.Reference;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a recovery holds is added up before it fills the heap. */
final class HeapShareTest {
    private static final int FILES = 50_000;

    @Test
    void saysWhatDoesNotFitAndTheWayOut() {
        HeapShare heap = new HeapShare("the recovery of what the nodes have", 100 << 20);
        RecoveryFacts facts = new RecoveryFacts(heap);

        assertThatThrownBy(() -> fill(facts, 1_000_000))
                .isInstanceOfSatisfying(GridException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                    assertThat(e.hint())
                            .contains("with a heap of more than 200MiB (SWARM_JAVA_OPTS=-Xmx...)")
                            .contains("or ask a node that has more");
                })
                .hasMessageContaining("the recovery of what the nodes have needs more than the 100MiB")
                .hasMessageContaining(" entries and ");
        assertThat(facts.heads()).hasSizeGreaterThan(10_000);
    }

    @Test
    void takesNoLessThanIsHeld() {
        long before = usedBytes();
        HeapShare heap = new HeapShare("a test", Long.MAX_VALUE);
        RecoveryFacts facts = new RecoveryFacts(heap);
        fill(facts, FILES);
        RecoveryPlan plan = RecoveryPlan.of(facts, 2, FoundRecords.NOW);
        try {
            long held = usedBytes() - before;

            assertThat(plan.placed()).hasSizeGreaterThan(FILES);
            assertThat(heap.takenBytes()).as("held=%d", held).isBetween(held, 2 * held);
        } finally {
            Reference.reachabilityFence(plan);
        }
    }

    /** Files of two blocks, each of which two nodes have. */
    private static void fill(RecoveryFacts facts, int files) {
        facts.add(FoundRecords.directory(2000, Ids.ROOT, "directory-of-many", 1));
        for (int i = 0; i < files; i++) {
            long id = 10_000L + i;
            String name = "part-%08d.arrow".formatted(i);
            Inode inode = FoundRecords.inode(EntryKind.FILE, 2000, name, 1, 1, null);
            facts.add(FoundRecords.record(
                    id,
                    FoundRecords.value(
                            inode,
                            List.of(
                                    FoundRecords.recorded(2L * i + 1, 1, id, 0, 100),
                                    FoundRecords.recorded(2L * i + 2, 1, id, 100, 100)))));
            for (int block = 0; block < 2; block++) {
                for (String node : List.of("n1", "n2")) {
                    facts.add(
                            node,
                            FoundRecords.block(
                                    2L * i + 1 + block, 1, id, 100L * block, 100, "/directory-of-many/" + name));
                }
            }
        }
    }

    private static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
