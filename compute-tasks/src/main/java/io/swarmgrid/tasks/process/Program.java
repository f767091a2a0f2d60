package io.swarmgrid.tasks.process;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running program. The one who starts it reads {@link #output()} to its end and closes this, which ends the process
 * with everything that it started. {@link #kill} may come from any thread.
 */
public final class Program implements AutoCloseable {
    private static final int ERROR_TAIL_BYTES = 8 << 10;
    private static final int ERROR_TAIL_LINES = 20;
    private static final long READER_PATIENCE_MS = 2_000;
    private static final long BRIEFLY_MS = 300;

    /**
     * What to run.
     *
     * @param command program and arguments, taken as they are: no shell
     * @param environment all variables that it gets, and no others
     * @param marks those of them that tell its processes from all others, as {@code NAME=value}
     * @param directory where it runs
     */
    public record Launch(List<String> command, Map<String, String> environment, List<String> marks, Path directory) {
        public Launch {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            marks = List.copyOf(marks);
        }
    }

    private final Process process;
    private final List<String> marks;
    private final ByteTail errors = new ByteTail(ERROR_TAIL_BYTES);
    private final Thread errorReader;
    private volatile @Nullable String killedFor;

    private Program(Process process, List<String> marks, String name) {
        this.process = process;
        this.marks = marks;
        this.errorReader = new Thread(this::readErrors, name + "-errors");
        errorReader.setDaemon(true);
    }

    /**
     * @param name of its threads
     * @throws GridException INVALID_ARGUMENT when the system cannot run it (no such program, not executable)
     */
    public static Program start(Launch launch, String name) {
        ProcessBuilder builder = new ProcessBuilder(launch.command())
                .directory(launch.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(launch.environment());
        try {
            Program program = new Program(builder.start(), launch.marks(), name);
            program.errorReader.start();
            return program;
        } catch (IOException e) {
            throw new GridException(ErrorCode.INVALID_ARGUMENT, "cannot run the program: " + e.getMessage(), e);
        }
    }

    /** Its standard input; whoever writes closes it, so that the program sees the end. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    public InputStream output() {
        return process.getInputStream();
    }

    /** Waits for the end and returns the exit status; 128 and the signal's number where a signal ended it. */
    public int await() throws InterruptedException {
        int status = process.waitFor();
        errorReader.join(READER_PATIENCE_MS);
        return status;
    }

    /** The exit status of a program that is about to end; empty where it goes on. */
    public OptionalInt awaitBriefly() throws InterruptedException {
        return process.waitFor(BRIEFLY_MS, TimeUnit.MILLISECONDS)
                ? OptionalInt.of(process.exitValue())
                : OptionalInt.empty();
    }

    /** Ends the process and what it started, at once. The first reason stays. */
    public void kill(String reason) {
        if (killedFor == null) {
            killedFor = reason;
        }
        ProcessTree.kill(process.toHandle(), marks);
    }

    /** Whether the program itself has ended; what it started may live on, and hold its output open. */
    public boolean hasEnded() {
        return !process.isAlive();
    }

    /** Ends what it started and left behind; the program itself has ended. */
    public void endStragglers() {
        ProcessTree.kill(process.toHandle(), marks);
    }

    /** Ends the processes that a program of an earlier life of this node left running. */
    public static void endLeftover(List<String> marks) {
        ProcessTree.killMarked(marks);
    }

    /** Why it was killed by this node; null where it was not. */
    public @Nullable String killedFor() {
        return killedFor;
    }

    /** The last lines of its standard error, bounded. */
    public List<String> errorTail() {
        return errors.lines(ERROR_TAIL_LINES);
    }

    /** Ends what is left of it: a child that outlives the program has no one to answer to. */
    @Override
    public void close() {
        ProcessTree.kill(process.toHandle(), marks);
        try {
            process.waitFor(READER_PATIENCE_MS, TimeUnit.MILLISECONDS);
            errorReader.join(READER_PATIENCE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readErrors() {
        byte[] chunk = new byte[4096];
        try (InputStream in = process.getErrorStream()) {
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                errors.add(chunk, length);
            }
        } catch (IOException e) {
            byte[] note = "(standard error broke off)\n".getBytes(StandardCharsets.UTF_8);
            errors.add(note, note.length);
        }
    }
}
