package io.swarmgrid.it.chaos.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.it.chaos.judge.Linearization.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The search against one that simply tries every order, on small random histories, most of which have none. */
class LinearizationTest {
    private static final int MANY = 1_000_000;
    private static final String PATH = "/p";

    private final long seed = Long.getLong("swarm.test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void agreesWithTryingEveryOrder() {
        int found = 0;
        int rounds = Boolean.getBoolean("swarm.test.long") ? 200_000 : 10_000;
        for (int round = 0; round < rounds; round++) {
            List<Operation> history = history(1 + random.nextInt(6));
            boolean expected = exists(history, Version.ABSENT);
            Linearization.Result result = Linearization.of(history, MANY);
            assertThat(result.end())
                    .as("replay with -Dswarm.test.seed=%s, round %s: %s", seed, round, history)
                    .isEqualTo(expected ? End.FOUND : End.NONE);
            found += expected ? 1 : 0;
        }
        assertThat(found).as("histories with an order").isBetween(rounds / 50, rounds - rounds / 50);
    }

    @Test
    void findsTheOrderOfALongHistoryWithManyUnknownOutcomes() {
        List<Operation> history = new ArrayList<>();
        long at = 0;
        for (int i = 1; i <= 400; i++) {
            Version version = Version.of(i);
            boolean unknown = i % 10 == 0;
            history.add(operation(i, new Effect.Write(version), unknown, at, at + 3));
            if (!unknown) {
                history.add(operation(i, new Effect.Saw(version), false, at + 4, at + 6));
            }
            at += 7;
        }
        assertThat(Linearization.of(history, MANY).end()).isEqualTo(End.FOUND);

        Operation stale = operation(1000, new Effect.Saw(Version.of(1)), false, at, at + 1);
        history.add(stale);
        Linearization.Result result = Linearization.of(history, MANY);
        assertThat(result.end()).isEqualTo(End.NONE);
        assertThat(result.stuck()).isEqualTo(stale);
    }

    @Test
    void saysSoWhereItGaveUp() {
        List<Operation> history = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            history.add(operation(i, new Effect.Write(Version.of(i)), false, i, 100 + i));
        }
        history.add(operation(1000, new Effect.Saw(Version.of(77)), false, 200, 201));

        assertThat(Linearization.of(history, 1000).end()).isEqualTo(End.GIVEN_UP);
    }

    private List<Operation> history(int count) {
        List<Operation> history = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            long from = random.nextInt(12);
            boolean unknown = random.nextInt(4) == 0;
            history.add(operation(i, effect(i), unknown, from, from + random.nextInt(5)));
        }
        return history;
    }

    private Effect effect(int number) {
        return switch (random.nextInt(7)) {
            case 0 -> new Effect.Create(Version.of(number));
            case 1 -> new Effect.Write(Version.of(number));
            case 2 -> new Effect.Remove();
            case 3 -> new Effect.Clear();
            case 4 -> new Effect.SawSomething();
            case 5 -> new Effect.Saw(Version.ABSENT);
            default -> new Effect.Saw(Version.of(1 + random.nextInt(3)));
        };
    }

    private static Operation operation(long call, Effect effect, boolean unknown, long from, long to) {
        Outcome outcome = unknown ? Outcome.UNKNOWN : Outcome.OK;
        return new Operation(call, "c", "k", PATH, effect, outcome, from, unknown ? Operation.NEVER : to, "");
    }

    /** Whether the rest can go on from here in any order, those of unknown outcome left out or not. */
    private static boolean exists(List<Operation> rest, Version version) {
        if (rest.stream().noneMatch(operation -> operation.outcome() == Outcome.OK)) {
            return true;
        }
        for (Operation next : rest) {
            boolean early = rest.stream().noneMatch(other -> !other.equals(next) && other.precedes(next));
            if (early && next.effect().on(version).isPresent()) {
                List<Operation> left = new ArrayList<>(rest);
                left.remove(next);
                if (exists(left, next.effect().on(version).orElseThrow())) {
                    return true;
                }
            }
        }
        return false;
    }
}
