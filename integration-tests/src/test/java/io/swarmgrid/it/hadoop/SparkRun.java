package io.swarmgrid.it.hadoop;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs {@link SparkProgram} with a Spark, all of its libraries, and what its own launcher gives a JVM. */
final class SparkRun {
    /** The executor's name is what the scheduler compares the hosts of blocks with. */
    private static final String HOST = "127.0.0.1";

    private final Path scratch;
    private final List<Path> libraries;
    private final List<String> defaults;
    private final List<String> options = new ArrayList<>();
    private final List<String> properties = new ArrayList<>();

    /**
     * @param scratch a directory for all that it writes on this machine
     * @param version whose class path a pom beside this module tells
     * @param defaults the lines of its spark-defaults.conf
     */
    SparkRun(Path scratch, String version, List<String> defaults) throws Exception {
        this.scratch = scratch;
        this.libraries = ProgramRun.listed("spark-" + version);
        this.defaults = List.copyOf(defaults);
        options.add("-Xmx768m");
        options.addAll(openings());
        options.add("-Djava.io.tmpdir=" + scratch);
        property("spark.local.dir " + scratch);
        property("spark.master local[2]");
        property("spark.ui.enabled false");
        property("spark.sql.shuffle.partitions 2");
        property("spark.sql.files.maxPartitionBytes 4m");
    }

    /** A further line of spark-defaults.conf. */
    SparkRun property(String line) {
        properties.add(line.strip());
        return this;
    }

    /** With the jar on the class path; what else the lines say is found among the system's properties, too. */
    List<String> run(String source, String target) throws Exception {
        Stream.concat(properties.stream(), defaults.stream().filter(line -> line.startsWith("spark.hadoop.")))
                .map(line -> line.split("\\s+", 2))
                .forEach(words -> options.add("-D" + words[0] + "=" + words[1]));
        return said(new ProgramRun(scratch, SparkProgram.class, libraries), source, target);
    }

    /** As {@code spark-submit} does, with all lines as they are: where the jar is, Spark knows from them alone. */
    List<String> submit(String source, String target) throws Exception {
        Path file = Files.write(
                scratch.resolve("spark-defaults.conf"),
                Stream.concat(properties.stream(), defaults.stream()).toList());
        List<String> words = List.of(
                "org.apache.spark.deploy.SparkSubmit",
                "--properties-file",
                file.toString(),
                "--class",
                SparkProgram.class.getName(),
                "spark-internal"); // nothing else to add: the program is on the class path
        return said(ProgramRun.startedBy(scratch, words, libraries), source, target);
    }

    private List<String> said(ProgramRun run, String source, String target) throws Exception {
        return run.jvm(options)
                .environment("SPARK_LOCAL_HOSTNAME", HOST)
                .run(List.of(source, target))
                .lines()
                .toList();
    }

    /** The packages that Spark's launcher opens to it, as that version of it says. */
    private List<String> openings() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (Path jar : libraries) {
            if (jar.getFileName().toString().startsWith("spark-launcher")) {
                jars.add(jar.toUri().toURL());
            }
        }
        try (URLClassLoader launcher = new URLClassLoader(jars.toArray(new URL[0]))) {
            Class<?> options = launcher.loadClass("org.apache.spark.launcher.JavaModuleOptions");
            String all = (String) options.getMethod("defaultModuleOptions").invoke(null);
            return List.of(all.strip().split("\\s+"));
        }
    }
}
