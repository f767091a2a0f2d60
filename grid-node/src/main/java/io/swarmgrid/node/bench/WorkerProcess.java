package io.swarmgrid.node.bench;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.bench.worker.Answer;
import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.bench.worker.Worker;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Worker} in a JVM of its own. Used by one thread at a time; closing it ends the process, and so does the end of this
 * JVM.
 */
final class WorkerProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final String name;
    private final Process process;
    private final BufferedWriter orders;
    private final BufferedReader answers;
    private final Path log;
    private final Thread hook;

    private WorkerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.orders = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.log = log;
        this.hook = new Thread(process::destroyForcibly, "worker-end");
    }

    /** @param log where standard error goes */
    static WorkerProcess start(String name, ProcessBuilder command, Path log) throws IOException {
        Process process =
                command.redirectError(ProcessBuilder.Redirect.to(log.toFile())).start();
        WorkerProcess worker = new WorkerProcess(name, process, log);
        Runtime.getRuntime().addShutdownHook(worker.hook);
        return worker;
    }

    /**
     * Has one order worked off.
     *
     * @return the figures
     * @throws GridException INTERNAL with what went wrong
     */
    Map<String, Double> run(Order order) throws IOException, InterruptedException {
        orders.write(Json.text(order) + "\n");
        orders.flush();
        String line = awaitLine(order);
        if (line == null) {
            throw new GridException(ErrorCode.INTERNAL, name + " ended over " + order + "\n" + Shell.tail(log));
        }
        Answer answer = Json.read(line.getBytes(StandardCharsets.UTF_8), Answer.class);
        if (answer.error() != null) {
            throw new GridException(ErrorCode.INTERNAL, name + " failed: " + answer.error() + "\n" + Shell.tail(log));
        }
        return answer.figures();
    }

    /** The same for work with one figure. */
    double rate(Order order) throws IOException, InterruptedException {
        return figure(order, Worker.RATE);
    }

    private double figure(Order order, String figure) throws IOException, InterruptedException {
        Double value = run(order).get(figure);
        if (value == null) {
            throw new IllegalStateException("no " + figure + " of " + order);
        }
        return value;
    }

    private @Nullable String awaitLine(Order order) throws IOException, InterruptedException {
        CompletableFuture<@Nullable String> line = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        line.complete(answers.readLine());
                    } catch (IOException e) {
                        line.completeExceptionally(e);
                    }
                },
                "answer-of-" + name);
        reader.setDaemon(true);
        reader.start();
        try {
            return line.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new GridException(
                    ErrorCode.TIMEOUT, name + " has not ended " + order + " in " + PATIENCE.toMinutes() + " min", e);
        } catch (ExecutionException e) {
            throw new IOException("no answer of " + name + " to " + order, e.getCause());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out already, and the hook has run or will.
        }
    }
}
