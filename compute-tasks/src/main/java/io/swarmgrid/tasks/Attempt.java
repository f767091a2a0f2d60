package io.swarmgrid.tasks;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.dataset.DatasetWriter;
import io.swarmgrid.storage.dataset.PartitionRead;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.tasks.process.ArrowFrames;
import io.swarmgrid.tasks.process.Program;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of one split's program: its input goes in on a thread of its own, its answer comes out on the caller's of {@link
 * #run}. The other methods may come from any thread.
 */
final class Attempt {
    private static final Logger log = LoggerFactory.getLogger(Attempt.class);
    /** Memory for the record batches of one answer. */
    private static final long MEMORY_BYTES = 512L << 20;

    private static final int INPUT_CHUNK_BYTES = 1 << 20;
    private static final long STRAGGLER_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long INPUT_PATIENCE_MS = 10_000;
    private static final String TIMED_OUT = "timed out";
    private static final String CANCELLED = "cancelled";
    private static final String STOPPING = "the node stops";

    /** How it ended: with an answer, by a fault ({@code error}), or {@code withdrawn} by the grid. */
    record Outcome(
            long tookMs,
            long outputBytes,
            boolean answered,
            @Nullable String error,
            boolean withdrawn) {
        TaskMeter.AttemptEnd end() {
            if (withdrawn) {
                return TaskMeter.AttemptEnd.WITHDRAWN;
            }
            return error == null ? TaskMeter.AttemptEnd.SUCCEEDED : TaskMeter.AttemptEnd.FAILED;
        }

        SplitRecord applyTo(SplitRecord split, long nowMs, int maxAttempts) {
            if (withdrawn) {
                return split.released(nowMs, error);
            }
            return error == null
                    ? split.succeeded(nowMs, tookMs, outputBytes, answered)
                    : split.failed(nowMs, tookMs, error, maxAttempts);
        }
    }

    /** What came out of it; {@code bytes} 0 and not answered where it wrote nothing. */
    private record Answer(int status, long bytes, boolean answered) {}

    private final AttemptRunner runner;
    private final TaskRecord task;
    private final SplitRecord split;
    private final long startNanos = System.nanoTime();
    private @Nullable Program program;
    private @Nullable String withdrawnFor;
    private @Nullable RuntimeException inputFault;
    private long endedNanos;

    Attempt(AttemptRunner runner, TaskRecord task, SplitRecord split) {
        this.runner = runner;
        this.task = task;
        this.split = split;
    }

    Outcome run() {
        Program started = null;
        Path scratch = null;
        try {
            scratch = runner.makeScratch(task, split);
            started = Program.start(
                    runner.launch(task, split, scratch), Thread.currentThread().getName());
            adopt(started);
            return outcome(started, converse(started));
        } catch (GridException e) {
            return fault(started, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            withdraw(STOPPING);
            return fault(started, STOPPING);
        } catch (RuntimeException e) {
            log.warn("an attempt broke off: task={}, split={}", task.id(), split.index(), e);
            return fault(started, "cannot take what the program answers: " + e);
        } finally {
            if (started != null) {
                started.close();
            }
            if (scratch != null) {
                runner.remove(scratch);
            }
        }
    }

    /** Ends it: the task has ended, or the split was given to another node. */
    void cancel() {
        withdraw(CANCELLED);
    }

    /** Ends it since this node ends. */
    void stop() {
        withdraw(STOPPING);
    }

    /** Ends it past its time; also what a program left behind that has ended itself. */
    void tick(long nowNanos) {
        Program now = current();
        if (now == null) {
            return;
        }
        Long timeoutMs = task.spec().timeoutMs();
        if (timeoutMs != null && nowNanos - startNanos > TimeUnit.MILLISECONDS.toNanos(timeoutMs)) {
            now.kill(TIMED_OUT);
        }
        if (now.hasEnded()) {
            endedNanos = endedNanos == 0 ? nowNanos : endedNanos;
            if (nowNanos - endedNanos > STRAGGLER_NANOS) {
                now.endStragglers();
            }
        }
    }

    private Answer converse(Program running) throws InterruptedException {
        Thread input = new Thread(() -> feed(running), Thread.currentThread().getName() + "-input");
        input.start();
        try {
            return listen(running);
        } catch (GridException e) {
            // A program that failed by itself says why better than its broken answer does.
            OptionalInt status = running.awaitBriefly();
            if (running.killedFor() == null && status.isPresent() && status.getAsInt() != 0) {
                return new Answer(status.getAsInt(), 0, false);
            }
            throw e;
        } finally {
            if (!running.hasEnded()) {
                running.kill("nobody takes its answer");
            }
            input.join(INPUT_PATIENCE_MS);
        }
    }

    private Answer listen(Program running) throws InterruptedException {
        try (ArrowFrames frames = new ArrowFrames(running.output(), runner.maxOutputBytes())) {
            if (frames.isEmpty()) {
                return new Answer(running.await(), 0, false);
            }
            return store(running, frames);
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT, "cannot take what the program answers: " + e.getMessage(), e);
        }
    }

    private Answer store(Program running, ArrowFrames frames) throws IOException, InterruptedException {
        String name = "task-" + task.id() + "." + split.index();
        try (BufferAllocator memory = runner.allocator().newChildAllocator(name, 0, MEMORY_BYTES);
                ArrowStreamReader reader = new ArrowStreamReader(frames, memory, CommonsCompressionFactory.INSTANCE)) {
            var root = reader.getVectorSchemaRoot();
            try (DatasetWriter writer = runner.datasets()
                    .putPart(task.context(), task.session(), split.index(), root.getSchema(), reader)) {
                while (reader.loadNextBatch()) {
                    writer.write(root);
                }
                frames.drain();
                int status = running.await();
                boolean good = status == 0 && running.killedFor() == null && inputFault() == null;
                if (good) {
                    writer.commit();
                }
                return new Answer(status, frames.takenBytes(), good);
            }
        }
    }

    /** The program's standard input: the split, and then the end. */
    private void feed(Program running) {
        CallContext context = task.context();
        try (Pipe pipe = new Pipe(running.input())) {
            try {
                PartitionRead read = split.read();
                if (read != null) {
                    runner.datasets().writeStream(context, read, pipe);
                } else {
                    copyFile(context, pipe);
                }
            } catch (IOException | RuntimeException e) {
                // A program need not read all of its input; what it makes of that, its exit status says.
                if (!pipe.broken) {
                    inputFailed(running, e);
                }
            }
        } catch (IOException e) {
            // The last buffered bytes found nobody to read them.
            return;
        }
    }

    private void copyFile(CallContext context, OutputStream pipe) throws IOException {
        try (FileReader reader = runner.store().open(context, split.fileId())) {
            long length = reader.lengthBytes();
            for (long at = 0; at < length; at += INPUT_CHUNK_BYTES) {
                int size = (int) Math.min(INPUT_CHUNK_BYTES, length - at);
                ByteBuf bytes = reader.read(at, size);
                try {
                    bytes.readBytes(pipe, size);
                } finally {
                    bytes.release();
                }
            }
        }
    }

    private Outcome outcome(Program ended, Answer answer) {
        RuntimeException fault = inputFault();
        if (fault != null) {
            return fault(ended, "cannot read the split: " + fault.getMessage());
        }
        if (answer.status() != 0 || ended.killedFor() != null) {
            return fault(ended, "exit status " + answer.status());
        }
        return new Outcome(tookMs(), answer.bytes(), answer.answered(), null, false);
    }

    private Outcome fault(@Nullable Program ended, String why) {
        String withdrawn = withdrawnFor();
        if (withdrawn != null) {
            return new Outcome(tookMs(), 0, false, withdrawn, true);
        }
        String killed = ended == null ? null : ended.killedFor();
        String reason = TIMED_OUT.equals(killed) ? TIMED_OUT + " after " + tookMs() + " ms" : why;
        List<String> tail = ended == null ? List.of() : ended.errorTail();
        String said = tail.isEmpty() ? "" : "; standard error ends:\n" + String.join("\n", tail);
        return new Outcome(tookMs(), 0, false, reason + said, false);
    }

    private void withdraw(String reason) {
        Program now;
        synchronized (this) {
            withdrawnFor = withdrawnFor == null ? reason : withdrawnFor;
            now = program;
        }
        if (now != null) {
            now.kill(reason);
        }
    }

    private void adopt(Program started) {
        boolean late;
        synchronized (this) {
            program = started;
            late = withdrawnFor != null;
        }
        if (late) {
            started.kill(String.valueOf(withdrawnFor()));
        }
    }

    private synchronized @Nullable Program current() {
        return program;
    }

    private synchronized @Nullable String withdrawnFor() {
        return withdrawnFor;
    }

    private synchronized @Nullable RuntimeException inputFault() {
        return inputFault;
    }

    private void inputFailed(Program running, Exception why) {
        synchronized (this) {
            inputFault = why instanceof RuntimeException runtime
                    ? runtime
                    : new GridException(ErrorCode.INTERNAL, String.valueOf(why.getMessage()), why);
        }
        running.kill("its input cannot be read");
    }

    private long tookMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
    }

    /** Tells a program that has stopped reading from a split that cannot be read. */
    private static final class Pipe extends FilterOutputStream {
        private volatile boolean broken;

        Pipe(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                broken = true;
                throw e;
            }
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                broken = true;
                throw e;
            }
        }
    }
}
