package io.swarmgrid.it.chaos;

import io.swarmgrid.it.FaultyDoor;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Breaks the connection of a client when a node has carried out what it was asked for, and before the client hears of it. */
final class LoseAnswers implements Fault {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int EACH = 2;

    private final Doors doors;
    private final String call;

    private LoseAnswers(Doors doors, String call) {
        this.doors = doors;
        this.call = call;
    }

    /** For whatever changes something and is asked for at these doors. */
    static List<Fault> of(Doors doors) {
        return List.of(
                new LoseAnswers(doors, FaultyDoor.PUT),
                new LoseAnswers(doors, "fs.rename"),
                new LoseAnswers(doors, "fs.remove"),
                new LoseAnswers(doors, "fs.concat"),
                new LoseAnswers(doors, "fs.truncate"));
    }

    @Override
    public String name() {
        return "LoseAnswers of " + call;
    }

    @Override
    public Company company() {
        return Company.LIGHT;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        doors.all().forEach(door -> {
            for (int i = 0; i < EACH; i++) {
                door.next(call, FaultyDoor.Fault.BROKEN);
            }
        });
        try {
            Awaitility.await().atMost(PATIENCE).until(() -> doors.all().stream()
                    .anyMatch(door -> door.left(call) < EACH));
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        } finally {
            doors.all().forEach(door -> door.clear(call));
        }
    }
}
