package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs {@link HadoopProgram} in a JVM with nothing but what a user gives it: no option that opens a package of Java's, and on
 * its class path a core-site.xml, the jars of some folders, the one jar, and the tests' own classes.
 */
final class ProgramRun {
    private static final long PATIENCE_SECONDS = 120;

    private final Path scratch;
    private final List<Path> classPath = new ArrayList<>();

    /**
     * @param scratch a directory for what it prints
     * @param folders what the build has laid ready, by name, in the order of the class path
     */
    ProgramRun(Path scratch, List<String> folders) throws IOException {
        this.scratch = scratch;
        for (String folder : folders) {
            try (Stream<Path> jars = Files.list(Path.of(System.getProperty("swarm.class-paths"), folder))) {
                jars.sorted().forEach(classPath::add);
            }
        }
    }

    /**
     * What it said, once it has ended well.
     *
     * @param properties what was pasted into core-site.xml
     * @param arguments the program's
     */
    String run(String properties, List<String> arguments) throws Exception {
        Files.writeString(scratch.resolve("core-site.xml"), "<configuration>" + properties + "</configuration>");
        classPath.add(0, scratch);
        classPath.add(Path.of(System.getProperty("swarm.one-jar")));
        classPath.add(testClasses());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                HadoopProgram.class.getName()));
        command.addAll(arguments);
        Path out = Files.createTempFile(scratch, "out", "");
        Path err = Files.createTempFile(scratch, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.contains("JAVA") || variable.startsWith("HADOOP"));
        Process process =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        boolean ended = false;
        try {
            ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly().waitFor();
        }
        String said = Files.readString(err);
        assertThat(ended).as("it ends. Its errors: %s", said).isTrue();
        assertThat(process.exitValue()).as("with %s: %s", classPath, said).isZero();
        assertThat(said).doesNotContain("Cannot load").doesNotContain("LinkageError");
        return Files.readString(out);
    }

    private static Path testClasses() throws URISyntaxException {
        return Path.of(HadoopProgram.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
