package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.node.local.JavaCommand;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a program in a JVM with nothing but what a user gives it: on its class path are libraries of its own, the one jar, the tests'
 * own classes, and before them all its configuration; without the jar where whatever starts the program is to find that. No package of Java's is opened unless it is said.
 */
final class ProgramRun {
    private static final long PATIENCE_SECONDS = 300;

    private final Path scratch;
    private final List<String> program;
    private final List<Path> libraries;
    private final List<String> jvmOptions = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    private final Map<String, String> environment = new TreeMap<>();
    private boolean withJar = true;

    /** @param scratch a directory for what it prints, and for its configuration */
    ProgramRun(Path scratch, Class<?> program, List<Path> libraries) {
        this(scratch, List.of(program.getName()), libraries);
    }

    private ProgramRun(Path scratch, List<String> program, List<Path> libraries) {
        this.scratch = scratch;
        this.program = List.copyOf(program);
        this.libraries = List.copyOf(libraries);
    }

    /**
     * A program that another one starts, which is to see to it that the jar is there.
     *
     * @param words the class with the main method that starts it, and what it is told before the program's own arguments
     */
    static ProgramRun startedBy(Path scratch, List<String> words, List<Path> libraries) {
        ProgramRun run = new ProgramRun(scratch, words, libraries);
        run.withJar = false;
        return run;
    }

    /** @param folders with jars, as the build has laid them ready, in the order of the class path */
    static List<Path> laidReady(List<String> folders) throws IOException {
        List<Path> libraries = new ArrayList<>();
        for (String folder : folders) {
            try (Stream<Path> jars = Files.list(Path.of(System.getProperty("swarm.class-paths"), folder))) {
                jars.sorted().forEach(libraries::add);
            }
        }
        return libraries;
    }

    /** @param pom beside this module's, which tells a class path */
    static List<Path> listed(String pom) throws IOException {
        Path list = Path.of(System.getProperty("swarm.listed-class-paths"), pom, "target", "class-path");
        return Arrays.stream(Files.readString(list).strip().split(File.pathSeparator))
                .map(Path::of)
                .toList();
    }

    /** What {@code swarm hdfs-env} prints to be pasted, about the grid of a node. */
    static String hdfsEnv(String address, List<String> options) throws Exception {
        List<String> words = new ArrayList<>(List.of("hdfs-env", "--grid", address));
        words.addAll(options);
        Process process = JavaCommand.swarm(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    ProgramRun jvm(List<String> options) {
        jvmOptions.addAll(options);
        return this;
    }

    ProgramRun environment(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** @param properties what was pasted into core-site.xml */
    ProgramRun coreSite(String properties) throws IOException {
        Files.writeString(scratch.resolve("core-site.xml"), "<configuration>" + properties + "</configuration>");
        return this;
    }

    /**
     * What it said, once it has ended well.
     *
     * @param arguments the program's
     */
    String run(List<String> arguments) throws Exception {
        Path out = Files.createTempFile(scratch, "out", "");
        Path err = Files.createTempFile(scratch, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command(arguments));
        builder.environment().keySet().removeIf(variable -> variable.contains("JAVA") || variable.startsWith("HADOOP"));
        builder.environment().putAll(environment);
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
        assertThat(process.exitValue()).as("with %s: %s", libraries, said).isZero();
        assertThat(said).doesNotContain("Cannot load").doesNotContain("LinkageError");
        return Files.readString(out);
    }

    private List<String> command(List<String> arguments) throws URISyntaxException {
        List<Path> classPath = new ArrayList<>(List.of(scratch));
        classPath.addAll(libraries);
        if (withJar) {
            classPath.add(Path.of(System.getProperty("swarm.one-jar")));
        }
        classPath.add(testClasses());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.addAll(program);
        command.addAll(arguments);
        return command;
    }

    private static Path testClasses() throws URISyntaxException {
        return Path.of(ProgramRun.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
