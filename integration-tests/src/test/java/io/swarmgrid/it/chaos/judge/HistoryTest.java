package io.swarmgrid.it.chaos.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final Effect PUT = new Effect.Create(Version.of(1));

    private final AtomicLong clock = new AtomicLong(100);
    private final History history = new History(clock::getAndIncrement);

    @Test
    void keepsWhatWasAnsweredAndLeavesTheRestUnknown() {
        History.Call first = history.begin("w1", "put").meaning("/a", PUT);
        History.Call second = history.begin("w2", "rename")
                .meaning("/a", "rename-from", new Effect.Remove())
                .meaning("/b", "rename-to", PUT);
        history.begin("r1", "get").told("/a", new Effect.Saw(Version.ABSENT), "NOT_FOUND");
        first.ok();

        assertThat(history.operations())
                .extracting(Operation::kind, Operation::path, Operation::outcome)
                .containsExactly(
                        tuple("put", "/a", Outcome.OK),
                        tuple("rename-from", "/a", Outcome.UNKNOWN),
                        tuple("rename-to", "/b", Outcome.UNKNOWN),
                        tuple("get", "/a", Outcome.OK));
        second.refused("NO_QUORUM");
        assertThat(history.operations())
                .filteredOn(each -> each.outcome() == Outcome.REFUSED)
                .hasSize(2);
        assertThatThrownBy(first::ok).isInstanceOf(IllegalStateException.class).hasMessageContaining("ended twice");
    }

    @Test
    void takesARefusalThatTellsForALook() {
        history.begin("w1", "put").meaning("/a", PUT).told("/a", new Effect.SawSomething(), "ALREADY_EXISTS");

        Operation told = history.operations().get(0);

        assertThat(told.effect()).isEqualTo(new Effect.SawSomething());
        assertThat(told.kind()).isEqualTo("put refused");
        assertThat(told.outcome()).isEqualTo(Outcome.OK);
    }

    @Test
    void isCountedByKindAndOutcome() {
        history.begin("w1", "put").meaning("/a", PUT).ok();
        history.begin("w1", "put").meaning("/a", PUT).unknown("UNKNOWN_OUTCOME");

        Tally tally = new Tally(history.operations());

        assertThat(tally.count("put", Outcome.OK)).isEqualTo(1);
        assertThat(tally.toString().lines()).hasSize(3).last().asString().contains("all", "1", "0");
    }
}
