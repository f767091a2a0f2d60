package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HdfsEnvCommandTest {
    private static final String HOME = "swarm.home";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path home;

    private Path jar;
    private NamespaceDoor door;

    @BeforeEach
    void install() throws IOException {
        door = new NamespaceDoor();
        jar = home.resolve("hadoop").resolve("swarmgrid-hadoop-" + Version.text() + ".jar");
        Files.createDirectory(jar.getParent());
        Files.createFile(jar);
        System.setProperty(HOME, home.toString());
    }

    @AfterEach
    void close() {
        System.clearProperty(HOME);
        door.close();
    }

    @Test
    void printsPropertiesForCoreSite() {
        assertThat(run("hdfs-env", "--qos", "bulk")).isEqualTo(ExitCode.OK);
        assertThat(text())
                .isEqualTo("<!-- On the class path: " + jar + ". The grid is swarm://lab/ -->\n"
                        + property("fs.swarm.lab.addresses", "n2.lab:7070,n3.lab:7070,n1.lab:7070")
                        + property("fs.swarm.lab.qos", "bulk")
                        + property("fs.AbstractFileSystem.swarm.impl", "io.swarmgrid.hadoop.Swarm"));
    }

    @Test
    void printsLinesForSpark() throws IOException {
        Path token = Files.writeString(home.resolve("token"), "t");
        assertThat(run("hdfs-env", "--format", "spark", "--token-file", token.toString()))
                .isEqualTo(ExitCode.OK);
        assertThat(text())
                .isEqualTo("# The grid is swarm://lab/\n"
                        + "spark.jars " + jar + "\n"
                        + "spark.hadoop.fs.swarm.impl io.swarmgrid.hadoop.SwarmFileSystem\n"
                        + "spark.hadoop.fs.swarm.lab.addresses n2.lab:7070,n3.lab:7070,n1.lab:7070\n"
                        + "spark.hadoop.fs.swarm.lab.token-file " + token + "\n"
                        + "spark.hadoop.fs.AbstractFileSystem.swarm.impl io.swarmgrid.hadoop.Swarm\n");
    }

    @Test
    void printsWhatAShellTakes() {
        assertThat(run("hdfs-env", "--format", "env")).isEqualTo(ExitCode.OK);
        assertThat(text())
                .isEqualTo("export HADOOP_CLASSPATH='" + jar + "'${HADOOP_CLASSPATH:+:$HADOOP_CLASSPATH}\n"
                        + "SWARM_FS=(-D 'fs.swarm.lab.addresses=n2.lab:7070,n3.lab:7070,n1.lab:7070'"
                        + " -D 'fs.AbstractFileSystem.swarm.impl=io.swarmgrid.hadoop.Swarm')\n"
                        + "# hadoop fs \"${SWARM_FS[@]}\" -ls swarm://lab/\n");
    }

    @Test
    void saysWhereTheJarShouldBe() throws IOException {
        Files.delete(jar);
        assertThat(run("hdfs-env")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("no hadoop/" + jar.getFileName() + " in " + home + ": the installation is incomplete\n");
    }

    @Test
    void namesTheFormatsWhereOneIsUnknown() {
        assertThat(run("hdfs-env", "--format", "hive")).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("unknown format 'hive' (known: core-site, spark, env); see: swarm hdfs-env --help\n");
    }

    private static String property(String name, String value) {
        return "<property><name>" + name + "</name><value>" + value + "</value></property>\n";
    }

    private int run(String... words) {
        return Main.run(words, stream(out), stream(err), Map.of("SWARM_GRID", door.address()));
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
