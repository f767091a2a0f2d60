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

/** What is planted in a history or in an end state is found, and called by its name; what is right is not. */
class JudgeTest {
    private static final Version FIRST = Version.of(1);
    private static final Version SECOND = Version.of(2);
    private static final Effect PUT_FIRST = new Effect.Write(FIRST);
    private static final Effect PUT_SECOND = new Effect.Write(SECOND);
    private static final Effect REMOVE = new Effect.Remove();
    private static final Copy ON_N1 = new Copy("n1", "00000000000000aa", 1);
    private static final Copy ON_N2 = new Copy("n2", "00000000000000aa", 1);

    private final Script script = new Script();

    @Test
    void findsNothingWhereAllWentRight() {
        script.ok(0, 5, "/a", new Effect.Create(FIRST))
                .saw(1, 3, "/a", Version.ABSENT)
                .saw(2, 6, "/a", FIRST)
                .ok(7, 8, "/a", new Effect.SawSomething())
                .ok(10, 20, "/a", PUT_SECOND)
                .saw(11, 12, "/a", FIRST)
                .saw(13, 14, "/a", SECOND)
                .ok(30, 31, "/a", REMOVE)
                .saw(32, 33, "/a", Version.ABSENT)
                .refused(34, 35, "/a", PUT_FIRST)
                .saw(40, 41, "/a", Version.ABSENT);

        assertThat(script.judged()).isEmpty();
    }

    @Test
    void findsAnAcknowledgedWriteThatIsGone() {
        script.ok(0, 1, "/a", PUT_FIRST).saw(2, 3, "/a", FIRST).saw(4, 5, "/a", Version.ABSENT);

        assertFound(Breach.LOST_WRITE, "/a");
    }

    @Test
    void findsAnAcknowledgedWriteThatWasNeverThere() {
        script.ok(0, 1, "/a", PUT_FIRST).ok(2, 3, "/a", PUT_SECOND).saw(4, 5, "/a", FIRST);

        Finding finding = assertFound(Breach.LOST_WRITE, "/a");

        assertThat(finding.slice()).hasSize(3);
        assertThat(finding.toString()).contains("it cannot have seen that").contains("content [2]");
    }

    @Test
    void findsAStaleRead() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .ok(2, 3, "/a", PUT_SECOND)
                .saw(4, 5, "/a", FIRST)
                .saw(6, 7, "/a", SECOND);

        assertFound(Breach.STALE_READ, "/a");
    }

    @Test
    void findsThatTheGridForgotAFileForAWhile() {
        script.ok(0, 1, "/a", PUT_FIRST).saw(2, 3, "/a", Version.ABSENT).saw(4, 5, "/a", FIRST);

        assertFound(Breach.STALE_READ, "/a");
    }

    @Test
    void findsARemovalThatDidNotHappen() {
        script.ok(0, 1, "/a", PUT_FIRST).ok(2, 3, "/a", REMOVE).saw(4, 5, "/a", FIRST);

        assertFound(Breach.LOST_DELETE, "/a");
    }

    @Test
    void findsAFileThatCameBack() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .ok(2, 3, "/a", REMOVE)
                .saw(4, 5, "/a", Version.ABSENT)
                .saw(6, 7, "/a", FIRST);

        assertFound(Breach.RESURRECTED, "/a");
    }

    @Test
    void findsAFileThatOutlivedTheTreeAboveIt() {
        script.ok(0, 1, "/t/a", PUT_FIRST).ok(2, 3, "/t/a", new Effect.Clear()).saw(4, 5, "/t/a", FIRST);

        assertFound(Breach.LOST_DELETE, "/t/a");
    }

    @Test
    void findsContentOfARefusedPut() {
        script.ok(0, 1, "/a", PUT_FIRST).refused(2, 3, "/a", PUT_SECOND).saw(4, 5, "/a", SECOND);

        assertFound(Breach.FOREIGN_CONTENT, "/a");
    }

    @Test
    void findsContentThatBelongsElsewhere() {
        script.ok(0, 1, "/a", PUT_FIRST).ok(0, 1, "/b", PUT_SECOND).saw(4, 5, "/b", FIRST);

        assertFound(Breach.FOREIGN_CONTENT, "/b");
    }

    @Test
    void findsTornContent() {
        byte[] bytes = new Content(1, 1000).bytes();
        bytes[700] ^= 1;
        script.ok(0, 1, "/a", PUT_FIRST).ok(2, 3, "/a", Content.seen(bytes));

        assertThat(assertFound(Breach.TORN_CONTENT, "/a").text()).contains("content 1 is wrong at its byte 700");
    }

    @Test
    void findsASecondFileOfOneName() {
        script.ok(0, 1, "/a", new Effect.Create(FIRST)).ok(2, 3, "/a", new Effect.Create(SECOND));

        assertFound(Breach.NO_ORDER, "/a");
    }

    @Test
    void findsThatTheSameFileWasRemovedTwice() {
        script.ok(0, 1, "/a", PUT_FIRST).ok(2, 5, "/a", REMOVE).ok(3, 4, "/a", REMOVE);

        assertFound(Breach.NO_ORDER, "/a");
    }

    @Test
    void letsAnUnknownWriteHappenLateOrNever() {
        script.ok(0, 1, "/late", PUT_FIRST)
                .unknown(2, "/late", PUT_SECOND)
                .saw(3, 4, "/late", FIRST)
                .saw(5, 6, "/late", SECOND)
                .ok(0, 1, "/never", PUT_FIRST)
                .unknown(2, "/never", PUT_SECOND)
                .unknown(2, "/never", REMOVE)
                .saw(3, 4, "/never", FIRST);

        assertThat(script.judged()).isEmpty();
    }

    @Test
    void doesNotLetAnUnknownWriteHappenTwice() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .unknown(2, "/a", PUT_SECOND)
                .saw(3, 4, "/a", SECOND)
                .ok(5, 6, "/a", new Effect.Write(Version.of(3)))
                .saw(7, 8, "/a", SECOND);

        assertFound(Breach.LOST_WRITE, "/a");
    }

    @Test
    void doesNotLetAnUnknownWriteHappenBeforeItWasAskedFor() {
        script.ok(0, 1, "/a", PUT_FIRST).saw(2, 3, "/a", SECOND).unknown(4, "/a", PUT_SECOND);

        assertThat(script.judged()).extracting(Finding::breach).containsExactly(Breach.LOST_WRITE);
    }

    @Test
    void findsARenameThatLeftTheFileAtBothNames() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .unknownRename(2, "/a", "/b", FIRST)
                .saw(5, 6, "/a", FIRST)
                .saw(5, 6, "/b", FIRST);

        assertThat(assertFound(Breach.HALF_RENAMED, "/a to /b").text()).contains("both names");
    }

    @Test
    void findsARenameThatLeftTheFileAtNeitherName() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .unknownRename(2, "/a", "/b", FIRST)
                .saw(5, 6, "/a", Version.ABSENT)
                .saw(5, 6, "/b", Version.ABSENT);

        assertThat(assertFound(Breach.HALF_RENAMED, "/a to /b").text()).contains("neither name");
    }

    @Test
    void takesAWholeRenameOfUnknownOutcomeForRight() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .unknownRename(2, "/a", "/b", FIRST)
                .saw(5, 6, "/a", Version.ABSENT)
                .saw(5, 6, "/b", FIRST)
                .ok(0, 1, "/c", PUT_SECOND)
                .unknownRename(2, "/c", "/d", SECOND)
                .saw(5, 6, "/c", SECOND)
                .saw(5, 6, "/d", Version.ABSENT)
                .ok(0, 1, "/e", new Effect.Write(Version.of(3)))
                .unknownRename(2, "/e", "/f", Version.of(3))
                .unknown(3, "/f", REMOVE)
                .saw(5, 6, "/e", Version.ABSENT)
                .saw(5, 6, "/f", Version.ABSENT);

        assertThat(script.judged()).isEmpty();
    }

    @Test
    void takesWholeJoinsForRight() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .ok(0, 1, "/b", PUT_SECOND)
                .unknownJoin(2, "/a", "/b", SECOND)
                .saw(3, 4, "/a", FIRST)
                .saw(5, 6, "/a", FIRST.with(SECOND.pieces()))
                .saw(5, 6, "/b", Version.ABSENT)
                .ok(0, 1, "/c", PUT_FIRST)
                .ok(0, 1, "/d", PUT_SECOND)
                .unknownJoin(2, "/c", "/d", SECOND)
                .saw(5, 6, "/c", FIRST)
                .saw(5, 6, "/d", SECOND)
                .ok(0, 1, "/e", PUT_FIRST)
                .ok(2, 3, "/e", new Effect.Join(SECOND.pieces()))
                .saw(5, 6, "/e", FIRST.with(SECOND.pieces()));

        assertThat(script.judged()).isEmpty();
    }

    @Test
    void findsAJoinThatLostItsSource() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .ok(0, 1, "/b", PUT_SECOND)
                .unknownJoin(2, "/a", "/b", SECOND)
                .saw(5, 6, "/a", FIRST)
                .saw(5, 6, "/b", Version.ABSENT);

        assertThat(assertFound(Breach.HALF_JOINED, "/a").text()).contains("gone: [/b]");
    }

    @Test
    void findsAJoinThatLeftItsSource() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .ok(0, 1, "/b", PUT_SECOND)
                .unknownJoin(2, "/a", "/b", SECOND)
                .saw(5, 6, "/a", FIRST.with(SECOND.pieces()))
                .saw(5, 6, "/b", SECOND);

        assertThat(assertFound(Breach.HALF_JOINED, "/a").text()).contains("still there: [/b]");
    }

    @Test
    void findsAnAcknowledgedJoinThatIsNotThere() {
        script.ok(0, 1, "/a", PUT_FIRST)
                .ok(2, 3, "/a", new Effect.Join(SECOND.pieces()))
                .saw(4, 5, "/a", FIRST);

        assertFound(Breach.LOST_WRITE, "/a");
    }

    @Test
    void findsAJoinInAnotherOrder() {
        Version wrong = SECOND.with(FIRST.pieces());
        script.ok(0, 1, "/a", PUT_FIRST)
                .ok(2, 3, "/a", new Effect.Join(SECOND.pieces()))
                .saw(4, 5, "/a", wrong);

        assertFound(Breach.FOREIGN_CONTENT, "/a");
    }

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
    void findsACutThatDidNotHappenAndOneThatWasRefused() {
        Version both = FIRST.with(SECOND.pieces());
        script.ok(0, 1, "/a", new Effect.Create(both))
                .ok(2, 3, "/a", new Effect.Cut(1))
                .saw(4, 5, "/a", both)
                .ok(0, 1, "/b", new Effect.Create(both))
                .refused(2, 3, "/b", new Effect.Cut(1))
                .saw(4, 5, "/b", FIRST);

        assertThat(script.judged())
                .extracting(Finding::breach)
                .containsExactly(Breach.LOST_WRITE, Breach.FOREIGN_CONTENT);
    }

    @Test
    void takesWholeCutsForRight() {
        Version both = FIRST.with(SECOND.pieces());
        script.ok(0, 1, "/a", new Effect.Create(both))
                .ok(2, 3, "/a", new Effect.Cut(1))
                .saw(4, 5, "/a", FIRST)
                .ok(0, 1, "/b", new Effect.Create(both))
                .unknown(2, "/b", new Effect.Cut(1))
                .saw(4, 5, "/b", both)
                .saw(6, 7, "/b", FIRST)
                .ok(0, 1, "/c", new Effect.Create(both))
                .unknown(2, "/c", new Effect.Cut(1))
                .saw(4, 5, "/c", both);

        assertThat(script.judged()).isEmpty();
    }

    @Test
    void findsAFileThatARenameOfItsDirectoryLeftBehind() {
        script.ok(0, 1, "/a", new Effect.Create(Version.DIRECTORY))
                .ok(0, 1, "/a/f", PUT_FIRST)
                .unknownRename(2, "/a", "/b", Version.DIRECTORY, Map.of("/f", FIRST))
                .saw(5, 6, "/a", Version.ABSENT)
                .saw(5, 6, "/b", Version.DIRECTORY)
                .saw(5, 6, "/a/f", Version.ABSENT)
                .saw(5, 6, "/b/f", Version.ABSENT);

        assertThat(assertFound(Breach.HALF_RENAMED, "/a/f to /b/f").text()).contains("neither name");
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

    private Finding assertFound(Breach breach, String where) {
        List<Finding> findings = script.judged();
        assertThat(findings).extracting(Finding::breach).containsExactly(breach);
        assertThat(findings.get(0).where()).isEqualTo(where);
        return findings.get(0);
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
