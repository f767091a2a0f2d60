package io.swarmgrid.it.chaos.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is planted in a history or in an end state is found, and called by its name; what is right is not. */
class JudgeTest {
    private static final Version FIRST = Version.of(1);
    private static final Version SECOND = Version.of(2);
    private static final Effect PUT_FIRST = new Effect.Write(FIRST);
    private static final Effect PUT_SECOND = new Effect.Write(SECOND);
    private static final Effect REMOVE = new Effect.Remove();

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

    private Finding assertFound(Breach breach, String where) {
        List<Finding> findings = script.judged();
        assertThat(findings).extracting(Finding::breach).containsExactly(breach);
        assertThat(findings.get(0).where()).isEqualTo(where);
        return findings.get(0);
    }
}
