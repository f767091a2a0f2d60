package io.swarmgrid.node.local;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One node in a JVM of its own, which can be killed and started again on the same data. Thread-safe. */
public final class NodeProcess implements AutoCloseable {
    /** What {@code swarm node} prints when it takes calls. */
    public static final String READY = "ready:";

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);
    private static final int LOG_TAIL_LINES = 12;

    private final String name;
    private final String address;
    private final String http;
    private final Command command;
    private final Path log;
    private @Nullable Process process;
    private @Nullable CountDownLatch ready;

    /**
     * How it is started.
     *
     * @param through the command that {@code swarm} is started through; empty for none
     * @param words what follows {@code swarm}
     */
    record Command(List<String> through, List<String> words) {
        Command {
            through = List.copyOf(through);
            words = List.copyOf(words);
        }

        ProcessBuilder builder() {
            ProcessBuilder builder = JavaCommand.swarm(words);
            builder.command(
                    Stream.concat(through.stream(), builder.command().stream()).toList());
            return builder;
        }
    }

    NodeProcess(String name, String address, String http, Command command, Path log) {
        this.name = name;
        this.address = address;
        this.http = http;
        this.command = command;
        this.log = log;
    }

    public String name() {
        return name;
    }

    /** Its Flight door, {@code host:port}. */
    public String address() {
        return address;
    }

    /** Its door for health and metrics, {@code host:port}. */
    public String http() {
        return http;
    }

    public Path log() {
        return log;
    }

    /** Starts the process; {@link #awaitReady} waits for it. */
    public synchronized void start() {
        if (isAlive()) {
            throw new IllegalStateException("node " + name + " runs already");
        }
        ProcessBuilder builder = command.builder();
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            Process started = builder.start();
            started.getOutputStream().close();
            CountDownLatch signal = new CountDownLatch(1);
            Thread reader = new Thread(() -> readOutput(started, signal), "output-of-" + name);
            reader.setDaemon(true);
            process = started;
            ready = signal;
            reader.start();
        } catch (IOException e) {
            throw new GridException(ErrorCode.INTERNAL, "cannot start node " + name + ": " + e.getMessage(), e);
        }
    }

    /** @throws GridException UNAVAILABLE with the end of the node's log when it ended or took too long */
    public void awaitReady(Duration patience) throws InterruptedException {
        CountDownLatch signal = currentSignal();
        if (!signal.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "node " + name + " is not ready after " + patience + "\n" + logTail());
        }
        if (!isAlive()) {
            throw new GridException(ErrorCode.UNAVAILABLE, "node " + name + " ended while starting\n" + logTail());
        }
    }

    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** The process, for whoever has to send it a signal. */
    public long pid() {
        return started().pid();
    }

    /**
     * Waits until the process has ended by itself.
     *
     * @return its exit code
     * @throws GridException UNAVAILABLE with the end of the node's log when it goes on
     */
    public int awaitEnd(Duration patience) throws InterruptedException {
        Process running = started();
        if (!running.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "node " + name + " has not ended after " + patience + "\n" + logTail());
        }
        return running.exitValue();
    }

    /** Ends the process as a power cut would: SIGKILL, no goodbye. Returns once it is gone. */
    public void kill() throws InterruptedException {
        Process running = current();
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }

    /** Asks the process to end, and makes it end when it does not. */
    @Override
    public void close() {
        Process running = current();
        if (running == null || !running.isAlive()) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** SIGTERM without waiting, so that several nodes can end at once. */
    void requestStop() {
        Process running = current();
        if (running != null) {
            running.destroy();
        }
    }

    void destroyNow() {
        Process running = current();
        if (running != null) {
            running.destroyForcibly();
        }
    }

    private synchronized @Nullable Process current() {
        return process;
    }

    private Process started() {
        Process running = current();
        if (running == null) {
            throw new IllegalStateException("node " + name + " was not started");
        }
        return running;
    }

    private synchronized CountDownLatch currentSignal() {
        if (ready == null) {
            throw new IllegalStateException("node " + name + " was not started");
        }
        return ready;
    }

    private void readOutput(Process source, CountDownLatch signal) {
        try (BufferedReader lines = source.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(READY)) {
                    signal.countDown();
                }
            }
            source.waitFor();
        } catch (IOException e) {
            // The pipe broke because the process was killed: the latch below says all there is to say.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            signal.countDown();
        }
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }
}
