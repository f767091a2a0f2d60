package io.swarmgrid.it.chaos.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.it.chaos.judge.EndState.Block;
import io.swarmgrid.it.chaos.judge.EndState.Copy;
import io.swarmgrid.it.chaos.judge.EndState.DiskFile;
import io.swarmgrid.it.chaos.judge.EndState.Entry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is planted in the end state of a grid is found, and called by its name; what is right is not. */
class EndJudgeTest {
    private static final Effect PUT_FIRST = new Effect.Write(Version.of(1));
    private static final Copy ON_N1 = new Copy("n1", "00000000000000aa", 1);
    private static final Copy ON_N2 = new Copy("n2", "00000000000000aa", 1);

    private final Script script = new Script();

    @Test
    void findsNothingInAnEndThatIsWhole() {
        script.ok(0, 1, "/a", PUT_FIRST);

        assertThat(script.judged(end(List.of(ON_N1, ON_N2), List.of(ON_N1, ON_N2))))
                .isEmpty();
    }

    @Test
    void findsABlockFileThatNobodyNeeds() {
        script.ok(0, 1, "/a", PUT_FIRST);
        Copy old = new Copy("n1", ON_N1.block(), 0);

        List<Finding> findings = script.judged(end(List.of(ON_N1, ON_N2), List.of(ON_N1, old, ON_N2)));

        assertThat(findings).extracting(Finding::breach).containsExactly(Breach.LEAKED_BLOCK);
        assertThat(findings.get(0).where()).isEqualTo("/disk/n1/00000000000000aa.0");
    }

    @Test
    void findsACopyThatIsLackingAndOneWithoutAFile() {
        script.ok(0, 1, "/a", PUT_FIRST);

        assertThat(script.judged(end(List.of(ON_N1), List.of(ON_N1))))
                .extracting(Finding::breach)
                .containsExactly(Breach.LACKING_COPY);
        assertThat(script.judged(end(List.of(ON_N1, ON_N2), List.of(ON_N1))))
                .extracting(Finding::breach)
                .containsExactly(Breach.MISSING_COPY);
    }

    @Test
    void findsALeaseAStrayAnUnreadableFileAndWhatTheGridFindsItself() {
        script.ok(0, 1, "/a", PUT_FIRST);
        EndState end = new EndState(
                List.of(new Entry("/a", "open", List.of()), new Entry("/what", Entry.SEALED, List.of())),
                List.of(),
                List.of("/a: block corrupt"),
                Map.of("/a", "CORRUPT_DATA: no good copy"));

        assertThat(script.judged(end))
                .extracting(Finding::breach)
                .containsExactly(Breach.LEAKED_LEASE, Breach.STRAY_ENTRY, Breach.UNREADABLE, Breach.CHECK_FAILED);
    }

    @Test
    void findsWhatIsLeftOfUnfinishedWork() {
        EndState.Left left = new EndState.Left(
                List.of("/disk/n1/00/00000000000000aa.1.meta.new"),
                new TreeMap<>(Map.of("n1", 0L, "n2", 3L)),
                new TreeMap<>(Map.of("n1", 1L, "n2", 0L)));

        List<Finding> findings = script.judged(new EndState(List.of(), List.of(), left, List.of(), Map.of()));

        assertThat(findings)
                .extracting(Finding::breach)
                .containsExactly(Breach.STRAY_FILE, Breach.LEAKED_LEASE, Breach.LEAKED_SESSION);
        assertThat(findings.get(1).toString()).contains("n2: 3 files that are being written");
    }

    @Test
    void takesTheFilesOfADatasetForItsOwn() {
        script.ok(0, 1, "/a", PUT_FIRST);
        EndState end = new EndState(
                List.of(
                        new Entry("/a", Entry.DATASET, List.of()),
                        new Entry("/a/part-0.arrow", Entry.SEALED, List.of()),
                        new Entry("/b", Entry.DATASET, List.of())),
                List.of(),
                List.of(),
                Map.of());

        assertThat(script.judged(end)).extracting(Finding::where).containsExactly("/b");
    }

    private static EndState end(List<Copy> recorded, List<Copy> onDisk) {
        return new EndState(
                List.of(new Entry("/a", Entry.SEALED, List.of(new Block(ON_N1.block(), 2, recorded)))),
                onDisk.stream()
                        .map(copy ->
                                new DiskFile(copy, "/disk/" + copy.node() + "/" + copy.block() + "." + copy.epoch()))
                        .toList(),
                List.of(),
                Map.of());
    }
}
