package io.swarmgrid.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.Aborted;
import io.swarmgrid.client.wire.CheckpointBegin;
import io.swarmgrid.client.wire.CheckpointCommit;
import io.swarmgrid.client.wire.CheckpointList;
import io.swarmgrid.client.wire.CheckpointStatus;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.SeriesRequest;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.client.wire.SessionRequest;
import io.swarmgrid.client.wire.StepRequest;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The checkpoint calls that commands and the demo share. */
public final class Checkpoints {
    private static final int SHARD_ATTEMPTS = 3;

    /** Where a shard's bytes come from, anew for every attempt. */
    @FunctionalInterface
    public interface Source {
        ReadableByteChannel open() throws IOException;
    }

    private final Session session;
    private final Transfers transfers;

    public Checkpoints(Session session) {
        this.session = session;
        this.transfers = new Transfers(session, Transfers.FileOptions.DEFAULT);
    }

    /** Opens a session and returns its name. */
    public String begin(String series, long step, int shards, @Nullable Integer replicas) {
        return session.call("checkpoint.begin", new CheckpointBegin(series, step, shards, replicas), SessionInfo.class)
                .session();
    }

    /** Puts one shard; where a node dies under it, again at another one. */
    public void put(String open, String shard, Source source, Progress progress) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long[] sent = {0};
            try (ReadableByteChannel in = source.open()) {
                transfers.putShard(open, shard, in, bytes -> {
                    sent[0] += bytes;
                    progress.advance(bytes);
                });
                return;
            } catch (GridException e) {
                // A shard that was stored after all is replaced by the same bytes.
                if (e.kind() == ErrorKind.CALLER || e.kind() == ErrorKind.FATAL || attempt == SHARD_ATTEMPTS) {
                    throw e;
                }
                progress.advance(-sent[0]);
                GridClient.pause(attempt);
            }
        }
    }

    public CheckpointStatus commit(String open, @Nullable ObjectNode metadata) {
        return session.call("checkpoint.commit", new CheckpointCommit(open, metadata), CheckpointStatus.class);
    }

    public void abort(String open) {
        session.call("checkpoint.abort", new SessionRequest(open), Aborted.class);
    }

    /** @param step null for the latest complete one */
    public CheckpointStatus info(String series, @Nullable Long step) {
        return session.call("checkpoint.info", new StepRequest(series, step), CheckpointStatus.class);
    }

    /** The complete steps, the latest first, as they come. */
    public void list(String series, Consumer<CheckpointStatus> each) {
        String token = null;
        do {
            CheckpointList page =
                    session.call("checkpoint.list", new SeriesRequest(series, null, token), CheckpointList.class);
            page.steps().forEach(each);
            token = page.nextPageToken();
        } while (token != null);
    }

    public void remove(String series, long step) {
        session.call("checkpoint.remove", new StepRequest(series, step), Removed.class);
    }
}
