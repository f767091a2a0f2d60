package io.swarmgrid.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void givesNoPortTwiceBeforeAllOthersOfItsBlock() {
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 9; i++) {
            List<Integer> ports = Ports.free(10);
            assertThat(seen).doesNotContainAnyElementsOf(ports);
            seen.addAll(ports);
        }
        assertThat(seen).hasSize(90).allMatch(port -> port > 10_000 && port < 32_000);
    }

    @Test
    void leavesOutPortsThatAreTaken() throws IOException {
        int next = Ports.free(1).get(0) + 1;
        try (ServerSocket taken = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
            assertThat(Ports.free(98)).doesNotContain(taken.getLocalPort()).doesNotHaveDuplicates();
        }
    }

    @Test
    void takesAnotherBlockWhereOneHasNotEnough() {
        assertThat(Ports.free(250)).doesNotHaveDuplicates().hasSize(250);
    }
}
