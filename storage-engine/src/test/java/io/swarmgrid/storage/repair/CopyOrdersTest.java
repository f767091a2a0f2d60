package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.repair.CopyOrders.Wanted;
import io.swarmgrid.storage.repair.RepairMessage.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyOrdersTest {
    @TempDir
    private Path directory;

    private FakeGrid grid;
    private CopyOrders orders;
    private long nanos;
    private final List<String> sent = new ArrayList<>();

    @BeforeEach
    void makeGrid() {
        grid = new FakeGrid(directory);
        FakeGrid.Node keeper = grid.add("keeper", "z");
        for (String name : List.of("n1", "n2")) {
            grid.add(name, "z").receive(Repair.TOPIC, (from, message) -> {
                RepairMessage.Order order = (RepairMessage.Order) RepairMessage.decode(message);
                sent.add(name + ":" + order.block().id().value());
            });
        }
        orders = new CopyOrders(keeper, keeper, 2, () -> nanos);
    }

    @Test
    void sendsTheMostEndangeredFirstAndAFewAtATime() {
        orders.replace(List.of(wanted(1, "n1", 2), wanted(2, "n1", 1), wanted(3, "n1", 3), wanted(4, "n2", 9)));
        assertThat(sent).containsExactlyInAnyOrder("n1:2", "n1:1", "n2:4");
        assertThat(orders.done(block(2).id(), "n1", Outcome.COPIED)).isFalse();
        assertThat(sent).hasSize(4).endsWith("n1:3");
        assertThat(orders.done(block(1).id(), "n1", Outcome.COPIED)).isFalse();
        assertThat(orders.done(block(3).id(), "n1", Outcome.FAILED)).isFalse();
        assertThat(orders.done(block(4).id(), "n2", Outcome.COPIED)).isTrue();
    }

    @Test
    void doesNotSendTwiceWhatIsUnderWay() {
        orders.replace(List.of(wanted(1, "n1", 1)));
        orders.replace(List.of(wanted(1, "n1", 1)));
        assertThat(sent).containsExactly("n1:1");
        assertThat(orders.underWay(block(1).id())).containsExactly("n1");
    }

    @Test
    void sendsAgainWhatWasNeverAnswered() {
        orders.replace(List.of(wanted(1, "n1", 1)));
        nanos += TimeUnit.MINUTES.toNanos(2);
        orders.expire();
        orders.replace(List.of(wanted(1, "n1", 1)));
        assertThat(sent).containsExactly("n1:1", "n1:1");
    }

    @Test
    void sendsAgainToANodeThatHasJustStarted() {
        orders.replace(List.of(wanted(1, "n1", 1), wanted(2, "n2", 1)));
        orders.startedAnew("n1");
        orders.replace(List.of(wanted(1, "n1", 1), wanted(2, "n2", 1)));
        assertThat(sent).containsExactlyInAnyOrder("n1:1", "n1:1", "n2:2");
    }

    @Test
    void forgetsWhatADeadNodeWasToDo() {
        orders.replace(List.of(wanted(1, "n1", 1)));
        grid.down("n1", false);
        orders.expire();
        assertThat(orders.underWay(block(1).id())).isEmpty();
    }

    @Test
    void tellsWhatIsOnItsWayToABetterPlaceUntilItIsThere() {
        orders.replace(List.of(wanted(1, "n1", 1), new Wanted(block(2), "n2", 1, Urgency.SPREAD)));
        orders.replace(List.of());
        assertThat(orders.spreading()).isEqualTo(Map.of(block(2).id(), block(2).lengthBytes()));
        orders.done(block(2).id(), "n2", Outcome.COPIED);
        assertThat(orders.spreading()).isEmpty();
    }

    @Test
    void leavesABusyNodeAloneUntilTheNextWalk() {
        orders.replace(List.of(wanted(1, "n1", 1), wanted(2, "n1", 1), wanted(3, "n1", 1)));
        assertThat(orders.done(block(1).id(), "n1", Outcome.BUSY)).isFalse();
        assertThat(sent).hasSize(2);
        orders.replace(List.of(wanted(3, "n1", 1)));
        assertThat(sent).hasSize(3).endsWith("n1:3");
    }

    private static Wanted wanted(long id, String fetcher, int live) {
        return new Wanted(block(id), fetcher, live, Urgency.LACKING);
    }

    private static BlockRecord block(long id) {
        return FakeGrid.record(id, 2, List.of());
    }
}
