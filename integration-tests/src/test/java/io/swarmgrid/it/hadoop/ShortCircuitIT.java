package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.node.local.LocalGrid;
import io.swarmgrid.node.local.NodeProcess;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies on this machine is read here, and not sent. */
class ShortCircuitIT {
    private static final long SEED = Long.getLong("swarm.test.seed", 41);
    /** Of one block, and more than could be on its way when the nodes die. */
    private static final int SIZE_BYTES = 32 << 20;

    @Test
    void readsOnWithoutAnyNodeWhatItHasOpen(@TempDir Path directory) throws Exception {
        try (LocalGrid grid = LocalGrid.start(directory, 1, Map.of("storage.block-size", "32MiB"))) {
            String addresses = String.join(",", grid.addresses());
            CRC32C sum = write(addresses);
            List<String> arguments = new ArrayList<>(List.of("swarm://lent/file"));
            grid.nodes().stream().map(NodeProcess::pid).map(String::valueOf).forEach(arguments::add);
            ProgramRun run = new ProgramRun(
                            directory, LentProgram.class, ProgramRun.laidReady(List.of("hadoop-3.3.4", "logging")))
                    .jvm(List.of("-Xmx256m"))
                    .coreSite(
                            "<property><name>fs.swarm.lent.addresses</name><value>" + addresses
                                    + "</value></property><property><name>fs.swarm.timeout</name><value>10s</value></property>");

            assertThat(run.run(arguments)).isEqualTo(SIZE_BYTES + " " + sum.getValue() + "\n");
            assertThat(grid.nodes()).noneMatch(NodeProcess::isAlive);
        }
    }

    private static CRC32C write(String addresses) throws Exception {
        byte[] bytes = new byte[SIZE_BYTES];
        new Random(SEED).nextBytes(bytes);
        Configuration configuration = new Configuration();
        configuration.set("fs.swarm.lent.addresses", addresses);
        try (FileSystem files = FileSystem.newInstance(URI.create("swarm://lent/"), configuration);
                FSDataOutputStream out = files.create(new org.apache.hadoop.fs.Path("/file"))) {
            out.write(bytes);
        }
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return sum;
    }
}
