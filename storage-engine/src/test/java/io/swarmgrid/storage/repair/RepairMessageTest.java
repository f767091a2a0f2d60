package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.repair.RepairMessage.Outcome;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RepairMessageTest {
    static List<RepairMessage> messages() {
        List<Copy> copies = List.of(new Copy(1, new BlockId(2), 3), new Copy(4, new BlockId(5), 6));
        return List.of(
                new RepairMessage.Order(
                        FakeGrid.record(9, 3, List.of(new Replica("n1", 1), Replica.near("n2", 2, Medium.MEM)))
                                .asked(3, new Keeping(2, Medium.SSD)),
                        Urgency.SPREAD),
                new RepairMessage.Done(new BlockId(7), Outcome.BUSY),
                new RepairMessage.Audit(
                        1L << 50,
                        copies.stream()
                                .map(copy -> new RepairMessage.Recorded(copy, 1L << 40, -7))
                                .toList()),
                new RepairMessage.Missing(3, copies),
                new RepairMessage.Discard(copies),
                new RepairMessage.AuditNear(
                        Medium.SSD,
                        copies.stream()
                                .map(copy -> new RepairMessage.Recorded(copy, 1L << 40, -7))
                                .toList()),
                new RepairMessage.MissingNear(copies),
                new RepairMessage.ReleaseNear(copies),
                new RepairMessage.Hot(List.of(
                        new Demand.Rate(1, new BlockId(2), 0.625), new Demand.Rate(3, new BlockId(4), 1 << 20))),
                new RepairMessage.CheckMe());
    }

    @ParameterizedTest
    @MethodSource("messages")
    void comesOutAsItWentIn(RepairMessage message) {
        assertThat(RepairMessage.decode(message.encode())).isEqualTo(message);
    }

    @Test
    void refusesWhatIsCutShortOrOfAnotherVersion() {
        byte[] good = new RepairMessage.Done(new BlockId(7), Outcome.COPIED).encode();
        assertThatThrownBy(() -> RepairMessage.decode(Arrays.copyOf(good, good.length - 1)))
                .isInstanceOf(GridException.class)
                .hasMessageContaining("cut short: bytes=" + (good.length - 1));
        byte[] later = good.clone();
        later[0] = 9;
        assertThatThrownBy(() -> RepairMessage.decode(later)).hasMessageContaining("of version 9");
    }
}
