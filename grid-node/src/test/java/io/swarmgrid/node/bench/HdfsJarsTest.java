package io.swarmgrid.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.node.cli.Output;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HdfsJarsTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    private final Output output = new Output(stream, stream, false, false, Map.of());

    @TempDir
    private Path home;

    @Test
    void aDistributionHasNoHdfsAndSaysSo() throws Exception {
        assertThat(HdfsJars.find(home, output)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("swarm: NO HDFS TO COMPARE WITH: it comes with a checkout of the sources only, not with a"
                        + " distribution\n");
    }

    @Test
    void aCheckoutAsksMavenOnlyWhereItDoesNotKnowTheClassPath() throws Exception {
        Path pom = make("bench-peers/hdfs/pom.xml");
        make("pom.xml");
        Path worker = make("bench-peers/target/bench-peers-1.jar");
        Path scheme = make("hadoop-fs/target/hadoop-fs-1.jar");
        Path hdfs = make("hdfs.jar");
        Path log = make("slf4j-simple.jar");
        Path known = make(".build/hdfs.classpath");
        Files.writeString(known, hdfs + File.pathSeparator + log);
        Files.setLastModifiedTime(
                known, FileTime.fromMillis(Files.getLastModifiedTime(pom).toMillis() + 60_000));

        Optional<HdfsJars> jars = HdfsJars.find(home, output);

        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(jars).hasValueSatisfying(found -> {
            assertThat(found.hdfs()).containsExactly(hdfs, log);
            assertThat(found.worker()).containsExactly(worker, scheme, hdfs);
        });
    }

    @Test
    void aCheckoutThatWasNotBuiltSaysWhatIsMissing() throws Exception {
        Path pom = make("bench-peers/hdfs/pom.xml");
        make("pom.xml");
        Path known = Files.writeString(
                make(".build/hdfs.classpath"), make("hdfs.jar").toString());
        Files.setLastModifiedTime(
                known, FileTime.fromMillis(Files.getLastModifiedTime(pom).toMillis() + 60_000));
        Files.createDirectories(home.resolve("bench-peers/target"));

        assertThat(HdfsJars.find(home, output)).isEmpty();
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("no bench-peers-*.jar in " + home.resolve("bench-peers/target"))
                .contains("./swarm build makes it");
    }

    private Path make(String name) throws Exception {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.createFile(file);
    }
}
