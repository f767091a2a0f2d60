package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import io.swarmgrid.storage.namespace.ignite.SettleStep.Part;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is refused has no room, also while a quota is being counted. */
@ExtendWith(OneNode.class)
final class QuotaCountingTest {
    private static final long TOKEN = 0x51e77;

    private Grid grid;
    private GridPath top;
    private Runner runner;

    @BeforeEach
    void makeDirectory(Grid given) {
        grid = given;
        top = grid.path("q");
        runner = new Runner(grid.ignite(), grid.nodes());
        grid.makeDirectory(top);
    }

    @AfterEach
    void countAll() {
        QuotaAudit.requireExact(grid.ignite());
    }

    private GridPath in(String name) {
        return GridPath.parse(top + "/" + name);
    }

    private void put(String name, int bytes) {
        grid.putInline(in(name), "x".repeat(bytes));
    }

    private void settle() {
        for (int i = 0; i < 5; i++) {
            grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
        }
    }

    private QuotaStatus quota() {
        List<QuotaStatus> all = grid.namespace().quotas().of(top);
        return all.get(all.size() - 1);
    }

    private long id(GridPath path) {
        return grid.files().stat(path).id();
    }

    private long own() {
        long id = id(top);
        return runner.look(
                tables -> Objects.requireNonNull(tables.inode(id)).charge().own());
    }

    private void step(Part part) {
        SettleStep step = new SettleStep(part, id(top), TOKEN, own(), null);
        assertThat(SettleStep.Answer.decode(runner.change(id(top), step)).goesOn())
                .isTrue();
    }

    @Test
    void allowsWhatIsLeftWhileItIsBeingCounted() {
        put("a", 60);
        grid.namespace().quotas().set(top, 100L, null);
        step(Part.BEGIN);
        step(Part.PAGE);
        assertThat(quota().state()).isEqualTo(QuotaState.COUNTING);
        put("b", 1);
        Expect.error(ErrorCode.QUOTA_EXCEEDED, "used 61B, wanted 40B more", () -> put("c", 40));
        grid.metadata().putMany(top, List.of(small("d", 20), small("e", 19)), PutOptions.create("ada"));
        step(Part.END);
        assertThat(List.of(quota().state(), quota().usedBytes())).isEqualTo(List.of(QuotaState.ACTIVE, 100L));
        Expect.error(ErrorCode.QUOTA_EXCEEDED, "used 100B, wanted 1B more", () -> put("more", 1));
    }

    /** What another share may use besides is taken from it, for all files together and not for each. */
    @Test
    void allowsAllThatOneChangeBringsWhereItIsLeft() {
        grid.namespace().quotas().set(top, 1600L, null);
        settle();
        put("elsewhere/one", 1);
        put("most", 1499);
        grid.metadata().putMany(top, List.of(small("d", 50), small("e", 50)), PutOptions.create("ada"));
        assertThat(quota().usedBytes()).isEqualTo(1600);
        Expect.error(ErrorCode.QUOTA_EXCEEDED, "used 1600B, wanted 1B more", () -> put("elsewhere/two", 1));
    }

    private static SmallFile small(String name, int bytes) {
        return new SmallFile(name, new byte[bytes]);
    }

    /** The step that was refused had seen it full; then something was taken back. */
    @Test
    void allowsWhatIsLeftWhereSomethingWasTakenBackMeanwhile() {
        grid.namespace().quotas().set(top, 100L, null);
        settle();
        put("a", 90);
        grid.files().remove(in("a"), false, Files.Removal.FOR_GOOD, null);
        settle();
        assertThat(quota().usedBytes()).isZero();
        long own = own();
        int partition = runner.look(tables -> tables.partition(own));
        Amount wanted = new Amount(20, 0);
        byte[] answer = runner.change(own, new AllowanceStep(new QuotaShort(own, partition, wanted, wanted)));
        assertThat(AllowanceStep.Answer.decode(answer).allowed()).isTrue();
        put("b", 100);
    }
}
