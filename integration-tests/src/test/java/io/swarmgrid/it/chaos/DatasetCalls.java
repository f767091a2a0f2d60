package io.swarmgrid.it.chaos;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DatasetReader;
import io.swarmgrid.client.data.DatasetUpload;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.it.chaos.judge.Effect;
import io.swarmgrid.it.chaos.judge.History;
import io.swarmgrid.it.chaos.judge.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Puts and reads of datasets by one caller: each put is a piece of some rows. Confined to one thread. */
final class DatasetCalls {
    private final String caller;
    private final GridClient client;
    private final History history;
    private final AtomicLong contents;

    DatasetCalls(String caller, GridClient client, History history, AtomicLong contents) {
        this.caller = caller;
        this.client = client;
        this.history = history;
        this.contents = contents;
    }

    /**
     * Puts a new piece.
     *
     * @param partitionRows rows of a partition file
     * @return whether it was acknowledged
     */
    boolean put(String path, PutMode mode, int rows, long partitionRows) {
        long piece = contents.incrementAndGet();
        Effect effect =
                switch (mode) {
                    case CREATE -> new Effect.Create(Version.of(piece));
                    case APPEND -> new Effect.Join(List.of(piece));
                    case OVERWRITE -> new Effect.Write(Version.of(piece));
                };
        History.Call call = history.begin(caller, "dataset " + mode.name().toLowerCase(Locale.ROOT))
                .meaning(path, effect);
        DatasetPut put = new DatasetPut(null, path, mode, null, partitionRows, null, null, null);
        boolean[] done = {false};
        Calls.make(call, path, () -> {
            try {
                new DatasetUpload(client)
                        .putAll(put, List.of(() -> DatasetUpload.Batches.of(Rows.reader(piece, rows))), sent -> {});
                done[0] = true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return done[0];
    }

    /** Reads all rows. */
    void get(String path) {
        History.Call call = history.begin(caller, "dataset read");
        Rows.Seen seen = new Rows.Seen();
        try {
            DatasetReader.open(client, new DatasetRead(path, null, null)).readInOrder(batch -> seen.take(batch.root()));
            call.told(path, seen.effect(), "");
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND && seen.isEmpty()) {
                call.told(path, new Effect.Saw(Version.ABSENT), "NOT_FOUND");
            } else {
                call.failed(path, e.code() + ": " + e.getMessage());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
