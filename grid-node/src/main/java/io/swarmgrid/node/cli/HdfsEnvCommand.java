package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code swarm hdfs-env}: what a program that knows Hadoop must be told to find this grid. */
@Command(
        name = "hdfs-env",
        description = "Print what Hadoop, Spark and the like need to be told to use this grid as swarm://NAME/.")
final class HdfsEnvCommand extends GridCommand {
    /** So many nodes to ask are enough to find one. */
    private static final int MAX_ADDRESSES = 8;

    private static final String PLAIN = "grpc://";
    private static final String PREFIX = "fs.swarm.";

    /** Where the lines are pasted. */
    private enum Format {
        CORE_SITE,
        SPARK,
        ENV;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "Where they are pasted: core-site, spark (spark-defaults.conf) or env (a shell); default core-site")
    private String format = Format.CORE_SITE.toString();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    int run(Session session) {
        Format pasted = asked();
        GridStatus status = GridStateCommand.status(session);
        String uri = "swarm://" + status.gridName() + "/";
        Path jar = jar(Path.of(System.getProperty("swarm.home", "."))).toAbsolutePath();
        Map<String, String> keys = keys(PREFIX + status.gridName() + ".", status);
        Output output = session.output();
        if (output.json()) {
            output.document(Map.of("uri", uri, "jar", jar.toString(), "properties", keys));
            return ExitCode.OK;
        }
        switch (pasted) {
            case CORE_SITE -> showCoreSite(output, uri, jar, keys);
            case SPARK -> showSpark(output, uri, jar, keys);
            case ENV -> showEnvironment(output, uri, jar, keys);
        }
        return ExitCode.OK;
    }

    private Format asked() {
        return Arrays.stream(Format.values())
                .filter(known -> known.toString().equals(format))
                .findFirst()
                .orElseThrow(() -> misuse("unknown format '" + format + "' (known: core-site, spark, env)"));
    }

    private Map<String, String> keys(String prefix, GridStatus status) {
        SwarmCommand swarm = SwarmCommand.of(spec);
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(prefix + "addresses", addresses(status.nodes()));
        put(keys, prefix + "tls-ca", swarm.tlsCa());
        put(keys, prefix + "token-file", swarm.tokenFile());
        String qos = swarm.qos();
        if (qos != null) {
            keys.put(prefix + "qos", qos);
        }
        keys.put("fs.AbstractFileSystem.swarm.impl", "io.swarmgrid.hadoop.Swarm");
        return keys;
    }

    private static void put(Map<String, String> keys, String key, @Nullable Path file) {
        if (file != null) {
            keys.put(key, file.toAbsolutePath().toString());
        }
    }

    /** Those that answer first; a scheme is named where it is not the usual one. */
    private static String addresses(List<NodeStatus> nodes) {
        return nodes.stream()
                .sorted(Comparator.comparing((NodeStatus node) -> !node.state().equals("up")))
                .limit(MAX_ADDRESSES)
                .map(NodeStatus::location)
                .map(location -> location.startsWith(PLAIN) ? location.substring(PLAIN.length()) : location)
                .collect(Collectors.joining(","));
    }

    /** In an installation, and in a checkout. */
    private static Path jar(Path home) {
        String name = "swarmgrid-hadoop-" + Version.text() + ".jar";
        for (String folder : List.of("hadoop", "grid-node/target/dist/hadoop")) {
            Path jar = home.resolve(folder).resolve(name);
            if (Files.isRegularFile(jar)) {
                return jar;
            }
        }
        throw new GridException(
                ErrorCode.NOT_FOUND, "no hadoop/" + name + " in " + home + ": the installation is incomplete");
    }

    private static void showCoreSite(Output output, String uri, Path jar, Map<String, String> keys) {
        output.line("<!-- On the class path: " + jar + ". The grid is " + uri + " -->");
        keys.forEach((key, value) -> output.line(
                "<property><name>" + escaped(key) + "</name><value>" + escaped(value) + "</value></property>"));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    /** Spark adds its jars when Hadoop may have looked for file systems already: the class is named. */
    private static void showSpark(Output output, String uri, Path jar, Map<String, String> keys) {
        output.line("# The grid is " + uri);
        output.line("spark.jars " + jar);
        output.line("spark.hadoop.fs.swarm.impl io.swarmgrid.hadoop.SwarmFileSystem");
        keys.forEach((key, value) -> output.line("spark.hadoop." + key + " " + value));
    }

    private static void showEnvironment(Output output, String uri, Path jar, Map<String, String> keys) {
        output.line("export HADOOP_CLASSPATH=" + quoted(jar.toString()) + "${HADOOP_CLASSPATH:+:$HADOOP_CLASSPATH}");
        output.line("SWARM_FS=("
                + keys.entrySet().stream()
                        .map(entry -> "-D " + quoted(entry.getKey() + "=" + entry.getValue()))
                        .collect(Collectors.joining(" "))
                + ")");
        output.line("# hadoop fs \"${SWARM_FS[@]}\" -ls " + uri);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
