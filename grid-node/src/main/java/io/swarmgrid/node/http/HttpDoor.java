package io.swarmgrid.node.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The HTTP door: {@code /health/live}, {@code /health/ready}, {@code /metrics}, {@code /version}. Thread-safe. */
public final class HttpDoor implements AutoCloseable {
    private static final int MAX_THREADS = 4;
    private static final int MAX_QUEUED = 64;
    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;

    private HttpDoor(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /** @throws GridException PRECONDITION_FAILED naming the key and the address where it cannot be listened on */
    public static HttpDoor open(HostPort address, String version, Supplier<Health> health, Supplier<String> metrics) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(address.host(), address.port()), 0);
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "cannot listen: listen.http=" + address + ": " + e.getMessage(),
                    null,
                    "choose another port (listen.http), or end the process that has it",
                    e);
        }
        ExecutorService threads = threads();
        server.setExecutor(threads);
        server.createContext("/health/live", get(() -> new Answer(200, JSON, Json.text(Map.of("live", true)))));
        server.createContext("/health/ready", get(() -> ready(health.get())));
        server.createContext("/metrics", get(() -> new Answer(200, PROMETHEUS, metrics.get())));
        server.createContext(
                "/version", get(() -> new Answer(200, JSON, Json.text(Map.of("product_version", version)))));
        server.createContext("/", get(() -> new Answer(404, JSON, Json.text(Map.of("error", "not found")))));
        server.start();
        return new HttpDoor(server, threads);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private record Answer(int status, String contentType, String text) {}

    private static Answer ready(Health health) {
        return new Answer(health.ready() ? 200 : 503, JSON, Json.text(health));
    }

    private static HttpHandler get(Supplier<Answer> answer) {
        return exchange -> {
            try (exchange) {
                boolean head = exchange.getRequestMethod().equals("HEAD");
                if (!head && !exchange.getRequestMethod().equals("GET")) {
                    exchange.sendResponseHeaders(405, -1);
                    return;
                }
                send(exchange, answer.get(), head);
            }
        };
    }

    private static void send(HttpExchange exchange, Answer answer, boolean headOnly) throws IOException {
        byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.sendResponseHeaders(answer.status(), headOnly ? -1 : body.length);
        if (!headOnly) {
            exchange.getResponseBody().write(body);
        }
    }

    private static ExecutorService threads() {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MAX_THREADS, MAX_THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_QUEUED), task -> {
                    Thread thread = new Thread(task, "http-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
