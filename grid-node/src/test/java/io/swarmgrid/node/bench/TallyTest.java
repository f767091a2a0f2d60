package io.swarmgrid.node.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridException;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class TallyTest {
    @Test
    void setsEachOfOursBesideEachPeerOfTheSameMeasurement() {
        Tally tally = new Tally("part");
        for (double round : new double[] {1, 9, 2}) {
            tally.add("read", "HDFS", "B/s", round * 10);
            tally.add("read", "swarm", "B/s", round * 5);
            tally.add("read", "swarm://", "B/s", round * 20);
            tally.add("stat", "swarm", "/s", round);
        }

        assertThat(tally.results())
                .extracting(Result::what, Result::who, Result::median, Result::ratioText)
                .containsExactly(
                        Tuple.tuple("read", "swarm", 10.0, ""),
                        Tuple.tuple("read", "swarm://", 40.0, ""),
                        Tuple.tuple("read", "HDFS", 20.0, ""),
                        Tuple.tuple("read: swarm / HDFS", "swarm", 10.0, "0.50"),
                        Tuple.tuple("read: swarm:// / HDFS", "swarm://", 40.0, "2.00"),
                        Tuple.tuple("stat", "swarm", 2.0, ""));
    }

    @Test
    void addsUpTheLinesOfAMetric() {
        String page = """
                # TYPE jvm_memory_used_bytes gauge
                jvm_memory_used_bytes{area="heap",id="PS Eden Space"} 1.5E7
                jvm_memory_used_bytes{area="heap",id="PS Old Gen"} 500
                jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 7
                swarm_repair_copied_bytes 12
                """;

        assertThat(NodePage.sum(page, "jvm_memory_used_bytes{area=\"heap\"")).isEqualTo(15_000_500);
        assertThat(NodePage.sum(page, "swarm_repair_copied_bytes ")).isEqualTo(12);
        assertThatThrownBy(() -> NodePage.sum(page, "swarm_repair_copied_blocks"))
                .isInstanceOf(GridException.class)
                .hasMessage("the node shows no swarm_repair_copied_blocks");
    }
}
