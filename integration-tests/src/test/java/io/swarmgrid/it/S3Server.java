package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A bucket of S3 on this machine: moto's, in a process of its own, and what Hadoop needs to get at it. Everything else is done by plain HTTP, as
 * others do it who know nothing of the grid. What it was asked is written down.
 */
final class S3Server implements AutoCloseable {
    static final String BUCKET = "outer";

    private static final Path SOURCES = Path.of("src", "test", "s3").toAbsolutePath();
    /** The pom by which docs/operations.md has the jars put beside a node. */
    private static final Path POM = Path.of("..", "config", "deploy", "hadoop", "pom.xml");

    private static final Path JARS = Path.of("target", "ext").toAbsolutePath();
    private static final Path MADE_FROM = Path.of("target", "ext.pom").toAbsolutePath();
    private static final String NOT_RUN = """

            *******************************************************************************
            *  NOT RUN: a test with S3. It needs python3 with venv, moto (from PyPI), and *
            *  hadoop-aws with the AWS SDK (from Maven Central).                          *
            *******************************************************************************
            """;

    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;
    private final int port;
    private final Path log;
    private final Path settings;
    private final HttpClient http = HttpClient.newHttpClient();

    private S3Server(Process process, int port, Path log, Path settings) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        this.port = port;
        this.log = log;
        this.settings = settings;
    }

    /**
     * What it was asked.
     *
     * @param range as the caller wrote it; {@code -} where he wanted all
     * @param bytes that it answered
     */
    record Request(String method, String path, String range, int status, long bytes) {
        static Request of(String line) {
            String[] words = line.split("\t", -1);
            return new Request(words[0], words[1], words[2], Integer.parseInt(words[3]), Long.parseLong(words[4]));
        }
    }

    /** Starts it with an empty bucket. Where what it needs cannot be had the test is aborted, under CI=true it fails. */
    static S3Server start(Path directory, String test) throws Exception {
        PythonVenv venv = new PythonVenv("venv-s3", SOURCES.resolve("requirements.txt"));
        boolean complete = venv.make() == PythonVenv.Made.WHOLE && haveJars();
        if (!complete) {
            System.out.println(NOT_RUN);
            assertThat(System.getenv("CI"))
                    .as("under CI=true %s has to run", test)
                    .isNotEqualTo("true");
            Assumptions.abort("no moto, or no hadoop-aws");
        }
        int port = Ports.free(1).get(0);
        Path log = Files.createFile(directory.resolve("s3.log"));
        Path settings = Files.writeString(directory.resolve("core-site.xml"), settings(port));
        Process process = new ProcessBuilder(
                        venv.python(), SOURCES.resolve("server.py").toString(), Integer.toString(port), log.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        S3Server server = new S3Server(process, port, log, settings);
        boolean started = false;
        try {
            server.awaitAnswer("open");
            assertThat(server.send(HttpRequest.newBuilder(server.url("")).PUT(HttpRequest.BodyPublishers.noBody())))
                    .isEqualTo(200);
            started = true;
            return server;
        } finally {
            if (!started) {
                server.close();
            }
        }
    }

    /** What lies in {@code ext} of a node that reads buckets. */
    static List<Path> jars() throws IOException {
        try (Stream<Path> all = Files.list(JARS)) {
            return all.filter(jar -> jar.toString().endsWith(".jar")).sorted().toList();
        }
    }

    /** Settings of Hadoop, by which it is found. */
    Path settings() {
        return settings;
    }

    void put(String key, byte[] bytes) throws IOException, InterruptedException {
        int status = send(HttpRequest.newBuilder(url("/" + key)).PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)));
        assertThat(status).isEqualTo(200);
    }

    void delete(String key) throws IOException, InterruptedException {
        assertThat(send(HttpRequest.newBuilder(url("/" + key)).DELETE())).isEqualTo(204);
    }

    /** Nobody answers at its door any more. */
    void shut() throws IOException {
        order("shut");
    }

    /** With all that it had. */
    void open() throws IOException {
        order("open");
    }

    /** What it was asked about an object, and has answered, so far. */
    List<Request> requests(String method, String key) throws IOException {
        String path = "/" + BUCKET + "/" + key;
        return Files.readAllLines(log).stream()
                .map(Request::of)
                .filter(each -> each.method.equals(method) && each.path.equals(path))
                .toList();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        answers.close();
    }

    private URI url(String path) {
        try {
            return URI.create(
                    new URI("http", null, "127.0.0.1", port, "/" + BUCKET + path, null, null).toASCIIString());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(path, e);
        }
    }

    private int send(HttpRequest.Builder request) throws IOException, InterruptedException {
        // As the owner of the bucket: moto believes any signature.
        String owner =
                "AWS4-HMAC-SHA256 Credential=a-key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        return http.send(request.header("Authorization", owner).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private void order(String line) throws IOException {
        orders.write(line + "\n");
        orders.flush();
        awaitAnswer(line);
    }

    private void awaitAnswer(String line) throws IOException {
        assertThat(answers.readLine()).as("the answer of the S3 server").isEqualTo(line);
    }

    private static String settings(int port) {
        StringBuilder text = new StringBuilder("<configuration>\n");
        Map<String, String> settings = Map.of(
                "fs.s3a.endpoint", "http://127.0.0.1:" + port,
                "fs.s3a.endpoint.region", "us-east-1",
                "fs.s3a.path.style.access", "true",
                "fs.s3a.access.key", "a-key",
                "fs.s3a.secret.key", "a-secret");
        settings.forEach((name, value) -> text.append("<property><name>")
                .append(name)
                .append("</name><value>")
                .append(value)
                .append("</value></property>\n"));
        return text.append("</configuration>\n").toString();
    }

    /** Has Maven copy them, once for each state of their list: of what it has already, else from where it gets all else. */
    private static boolean haveJars() throws Exception {
        try (FileChannel file = FileChannel.open(
                        JARS.resolveSibling("ext.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = file.lock()) {
            if (held.isValid() && Files.exists(MADE_FROM) && Files.mismatch(MADE_FROM, POM) == -1) {
                return true;
            }
            if (!copyJars("-o") && !copyJars("-ntp")) {
                return false;
            }
            Files.copy(POM, MADE_FROM, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            return true;
        }
    }

    private static boolean copyJars(String how) throws InterruptedException {
        return PythonVenv.run(
                        Map.of(),
                        "mvn",
                        "-B",
                        "-q",
                        how,
                        "-f",
                        POM.toString(),
                        "dependency:copy-dependencies",
                        "-DoutputDirectory=" + JARS)
                == 0;
    }
}
