package io.swarmgrid.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.Ports;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * HDFS on this machine as it is by default: a namenode and some datanodes, each a process of its own on free ports of
 * loopback, as large as a node of the grid. A shutdown hook ends what was not closed.
 */
final class HdfsCluster implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_EVERY_MS = 200;
    private static final String NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode";
    private static final String DATANODE = "org.apache.hadoop.hdfs.server.datanode.DataNode";
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx512m",
            "-XX:MaxDirectMemorySize=1g",
            "-XX:+UseParallelGC",
            "-Djava.net.preferIPv4Stack=true",
            // Each block is worth two lines to it otherwise.
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private final Path directory;
    private final List<Path> jars;
    private final String name;
    private final String status;
    private final List<Process> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::destroyAll, "hdfs-end");

    private HdfsCluster(Path directory, List<Path> jars, List<Integer> ports) {
        this.directory = directory;
        this.jars = jars;
        this.name = "127.0.0.1:" + ports.get(0);
        this.status = "127.0.0.1:" + ports.get(1);
    }

    /**
     * Starts it and waits until all datanodes are there.
     *
     * @throws GridException UNAVAILABLE with a log's end where they do not come; nothing is left running then
     */
    static HdfsCluster start(Path directory, int datanodes, List<Path> jars) throws IOException, InterruptedException {
        HdfsCluster cluster = new HdfsCluster(Files.createDirectories(directory), jars, Ports.free(2));
        Runtime.getRuntime().addShutdownHook(cluster.hook);
        boolean started = false;
        try {
            cluster.startNodes(datanodes);
            started = true;
            return cluster;
        } finally {
            if (!started) {
                cluster.close();
            }
        }
    }

    /** What clients call it. */
    URI uri() {
        return URI.create("hdfs://" + name + "/");
    }

    private void startNodes(int datanodes) throws IOException, InterruptedException {
        List<String> settings = List.of(
                "fs.defaultFS=" + uri(),
                "dfs.namenode.http-address=" + status,
                "dfs.namenode.name.dir=" + directory.resolve("name").toUri());
        List<String> format = new ArrayList<>(command(NAMENODE, settings));
        format.addAll(List.of("-format", "-force", "-nonInteractive"));
        Shell.run(format, directory.resolve("format.log"), START_PATIENCE, line -> {});
        spawn("namenode", command(NAMENODE, settings));
        for (int i = 1; i <= datanodes; i++) {
            List<Integer> ports = Ports.free(3);
            spawn(
                    "datanode-" + i,
                    command(
                            DATANODE,
                            List.of(
                                    "fs.defaultFS=" + uri(),
                                    "dfs.datanode.data.dir="
                                            + directory.resolve("data-" + i).toUri(),
                                    "dfs.datanode.address=127.0.0.1:" + ports.get(0),
                                    "dfs.datanode.ipc.address=127.0.0.1:" + ports.get(1),
                                    "dfs.datanode.http.address=127.0.0.1:" + ports.get(2))));
        }
        awaitDatanodes(datanodes);
    }

    private List<String> command(String main, List<String> settings) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.add("-cp");
        command.add(jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        command.add(main);
        settings.forEach(setting -> command.addAll(List.of("-D", setting)));
        return command;
    }

    private void spawn(String node, List<String> command) throws IOException {
        File log = directory.resolve(node + ".log").toFile();
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start());
    }

    private void awaitDatanodes(int count) throws IOException, InterruptedException {
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://" + status + "/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState"))
                .timeout(START_PATIENCE)
                .build();
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (live(http, request) < count) {
            boolean dead = processes.stream().anyMatch(process -> !process.isAlive());
            if (dead || System.nanoTime() > deadline) {
                throw new GridException(
                        ErrorCode.UNAVAILABLE,
                        "HDFS does not come up with " + count + " datanodes\n"
                                + Shell.tail(directory.resolve("namenode.log")) + "\n"
                                + Shell.tail(directory.resolve("datanode-1.log")));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
    }

    private static int live(HttpClient http, HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            JsonNode beans = Json.tree(response.body()).path("beans");
            return beans.path(0).path("NumLiveDataNodes").asInt();
        } catch (IOException e) {
            return 0; // not listening yet
        }
    }

    private void destroyAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
        try {
            for (Process process : processes) {
                process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        destroyAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out already, and the hook has run or will.
        }
    }
}
