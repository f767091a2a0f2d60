package io.swarmgrid.hadoop;

import io.swarmgrid.client.data.FileOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.apache.hadoop.fs.FSExceptionMessages;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.statistics.IOStatistics;
import org.apache.hadoop.fs.statistics.IOStatisticsSource;
import org.apache.hadoop.fs.statistics.StreamStatisticNames;
import org.apache.hadoop.fs.statistics.impl.IOStatisticsBinding;
import org.apache.hadoop.fs.statistics.impl.IOStatisticsStore;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way into the grid. Its bytes become visible when it is closed, all of them at once; until then the path
 * shows the empty file that its creation made. It can neither be flushed to readers nor synced, and says so.
 */
final class SwarmOutputStream extends OutputStream implements StreamCapabilities, IOStatisticsSource {
    private final FileOutput output;
    private final Path path;
    private final FileSystem.@Nullable Statistics statistics;
    private final @Nullable Progressable progress;
    private final IOStatisticsStore counters = IOStatisticsBinding.iostatisticsStore()
            .withCounters(StreamStatisticNames.STREAM_WRITE_BYTES)
            .build();
    private State state = State.OPEN;

    private enum State {
        OPEN,
        FAILED,
        CLOSED
    }

    SwarmOutputStream(
            FileOutput output, Path path, FileSystem.@Nullable Statistics statistics, @Nullable Progressable progress) {
        this.output = output;
        this.path = path;
        this.statistics = statistics;
        this.progress = progress;
    }

    @Override
    public synchronized void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (state == State.CLOSED) {
            throw new IOException(path + ": " + FSExceptionMessages.STREAM_IS_CLOSED);
        }
        boolean good = false;
        try {
            Errors.writing(path, () -> {
                output.write(bytes, offset, length);
                return output;
            });
            good = true;
        } finally {
            if (!good) {
                state = State.FAILED;
            }
        }
        counters.incrementCounter(StreamStatisticNames.STREAM_WRITE_BYTES, length);
        if (statistics != null) {
            statistics.incrementBytesWritten(length);
        }
        if (progress != null) {
            progress.progress();
        }
    }

    /** Hands nothing on: bytes are sent as they come, and nobody sees them before the end. */
    @Override
    public synchronized void flush() throws IOException {
        if (state == State.CLOSED) {
            throw new IOException(path + ": " + FSExceptionMessages.STREAM_IS_CLOSED);
        }
    }

    /** Makes the bytes visible, unless a write failed before. Idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (state == State.CLOSED) {
            return;
        }
        boolean complete = state == State.OPEN;
        state = State.CLOSED;
        try (output) {
            if (complete) {
                Errors.writing(path, output::commit);
            }
        }
    }

    @Override
    public boolean hasCapability(String capability) {
        return capability.equalsIgnoreCase(StreamCapabilities.IOSTATISTICS);
    }

    @Override
    public IOStatistics getIOStatistics() {
        return counters;
    }
}
