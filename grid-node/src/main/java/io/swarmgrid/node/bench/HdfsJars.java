package io.swarmgrid.node.bench;

import io.swarmgrid.client.GridException;
import io.swarmgrid.node.cli.Output;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The class path of HDFS and of the worker that speaks to it. A checkout alone knows it: there Maven is asked for it, once,
 * and downloads it the first time. No distribution has it, for it is as large as all of SwarmGrid.
 *
 * @param hdfs what nodes and clients of HDFS need
 * @param worker what a worker needs on top of this process's own class path
 */
record HdfsJars(List<Path> hdfs, List<Path> worker) {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String POM = "bench-peers/hdfs/pom.xml";
    /** The modules whose classes the worker has of this project, which no distribution has either. */
    private static final List<String> MODULES = List.of("bench-peers", "hadoop-fs");

    HdfsJars {
        hdfs = List.copyOf(hdfs);
        worker = List.copyOf(worker);
    }

    /** Empty, with a warning that says why, where HDFS cannot be had. */
    static Optional<HdfsJars> find(Path home, Output output) throws IOException, InterruptedException {
        if (!Files.isRegularFile(home.resolve(POM))) {
            output.warn(
                    "NO HDFS TO COMPARE WITH: it comes with a checkout of the sources only, not with a distribution");
            return Optional.empty();
        }
        try {
            List<Path> hdfs = hdfs(home, output);
            List<Path> worker = new ArrayList<>();
            for (String module : MODULES) {
                worker.add(jar(home, module));
            }
            // The log goes where this process's goes.
            hdfs.stream()
                    .filter(jar -> !jar.getFileName().toString().startsWith("slf4j-"))
                    .forEach(worker::add);
            return Optional.of(new HdfsJars(hdfs, worker));
        } catch (GridException | IOException e) {
            output.warn("NO HDFS TO COMPARE WITH: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static List<Path> hdfs(Path home, Output output) throws IOException, InterruptedException {
        Path known = Files.createDirectories(home.resolve(".build")).resolve("hdfs.classpath");
        if (isStale(known, home)) {
            output.say("asking Maven for HDFS; the first time it is downloaded");
            Shell.run(
                    List.of(
                            "mvn",
                            "-B",
                            "-q",
                            "-f",
                            home.resolve(POM).toString(),
                            "dependency:build-classpath",
                            "-DincludeScope=runtime",
                            "-Dmdep.outputFile=" + known.toAbsolutePath()),
                    home.resolve(".build").resolve("hdfs.log"),
                    PATIENCE,
                    line -> {});
        }
        return paths(known);
    }

    private static boolean isStale(Path known, Path home) throws IOException {
        if (!Files.isRegularFile(known)) {
            return true;
        }
        for (String pom : List.of(POM, "pom.xml")) {
            if (Files.getLastModifiedTime(home.resolve(pom)).compareTo(Files.getLastModifiedTime(known)) > 0) {
                return true;
            }
        }
        return !paths(known).stream().allMatch(Files::isRegularFile);
    }

    private static List<Path> paths(Path known) throws IOException {
        return List.of(Files.readString(known).strip().split(File.pathSeparator)).stream()
                .map(Path::of)
                .toList();
    }

    private static Path jar(Path home, String module) throws IOException {
        Path target = home.resolve(module).resolve("target");
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, module + "-*.jar")) {
            for (Path jar : jars) {
                return jar;
            }
        }
        throw new IOException("no " + module + "-*.jar in " + target + ": ./swarm build makes it");
    }
}
