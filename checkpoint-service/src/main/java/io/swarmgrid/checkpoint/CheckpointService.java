package io.swarmgrid.checkpoint;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.CheckpointBegin;
import io.swarmgrid.client.wire.CheckpointCommit;
import io.swarmgrid.client.wire.CheckpointList;
import io.swarmgrid.client.wire.CheckpointStatus;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.SeriesRequest;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.client.wire.SessionRequest;
import io.swarmgrid.client.wire.ShardPut;
import io.swarmgrid.client.wire.StepRequest;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.staging.StagedSession;
import io.swarmgrid.storage.staging.Staging;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of long runs: shards are written in parallel into a session, and one commit makes the step visible, all of
 * it or nothing. Thread-safe. All methods throw {@link GridException}.
 */
public final class CheckpointService {
    private static final String KIND = "checkpoint";
    private static final int MAX_SHARDS = 1_000_000;
    private static final int MAX_REPLICAS = 16;
    private static final int MAX_MANIFEST_BYTES = 256 << 20;

    private final Files files;
    private final FileStore store;
    private final Staging staging;
    private final Series series;
    private final Clock clock;

    public CheckpointService(Files files, FileStore store, Staging staging) {
        this(files, store, staging, Clock.systemUTC());
    }

    CheckpointService(Files files, FileStore store, Staging staging, Clock clock) {
        this.files = files;
        this.store = store;
        this.staging = staging;
        this.series = new Series(files);
        this.clock = clock;
    }

    /**
     * Opens a session for a step. Several may be open for one step: the first commit wins.
     *
     * @throws GridException ALREADY_EXISTS where the step is there
     */
    public SessionInfo begin(CallContext context, CheckpointBegin request) {
        Step step = new Step(GridPath.parse(request.series()), request.step());
        checkCount("shards", request.shards(), MAX_SHARDS);
        checkCount("replicas", request.replicas(), MAX_REPLICAS);
        if (files.find(step.path()).isPresent()) {
            throw exists(step);
        }
        return staging.begin(context, KIND, step.path(), Json.text(request), null)
                .info();
    }

    /**
     * A writer of one shard; a shard of the same name that was put before is replaced. The caller commits and closes it.
     *
     * @throws GridException NOT_FOUND where the session is not open, INVALID_ARGUMENT for a bad name
     */
    public FileWriter shard(CallContext context, ShardPut request) {
        if (request.shard().equals(Manifest.NAME)) {
            throw GridException.invalid("bad shard name: '" + Manifest.NAME + "' is the manifest's");
        }
        StagedSession session = staging.touch(request.session(), KIND);
        GridPath path = session.content().child(request.shard());
        Integer replicas = request(session).replicas();
        PutOptions options =
                PutOptions.create(context.caller().name()).overwriting().replicas(replicas == null ? 0 : replicas);
        return new ShardWriter(
                store.put(context, path, options),
                () -> staging.touch(session.id(), KIND),
                staging.idle().toNanos() / 4);
    }

    /**
     * Makes the step visible. The same commit again answers the same.
     *
     * @throws GridException PRECONDITION_FAILED naming what is missing; ALREADY_EXISTS where another session was first;
     *     UNKNOWN_OUTCOME: ask again
     */
    public CheckpointStatus commit(CallContext context, CheckpointCommit request) {
        OperationId operation = Staging.commitOf(request.session());
        Optional<FileStatus> done = files.outcome(operation);
        if (done.isPresent()) {
            return committed(context, GridPath.parse(done.get().path()));
        }
        try {
            return commit(context, request, staging.touch(request.session(), KIND), operation);
        } catch (GridException e) {
            FileStatus visible = Staging.doneBefore(e, () -> files.outcome(operation));
            return committed(context, GridPath.parse(visible.path()));
        }
    }

    private CheckpointStatus commit(
            CallContext context, CheckpointCommit request, StagedSession session, OperationId operation) {
        Step step = Step.at(session.target())
                .orElseThrow(() -> GridException.invalid("not the path of a step: " + session.target()));
        List<FileStatus> shards = staged(session);
        Completeness.check(step, shards, request(session).shards());
        Manifest manifest = new Manifest(
                Manifest.FORMAT,
                step.series().toString(),
                step.number(),
                clock.millis(),
                request.metadata(),
                shards.stream().map(shard -> entry(context, shard)).toList());
        write(context, session, manifest);
        GridPath parent = step.series();
        files.makeDirectory(parent, context.caller().name(), Files.Parents.MAKE);
        FileStatus visible = files.publish(new Publication(
                session.content(), step.path(), PutMode.CREATE, EntryKind.DIRECTORY, Map.of(), 0, operation));
        staging.committed(session.id());
        return readBack(context, GridPath.parse(visible.path()));
    }

    /** What was committed is not refused where it cannot be read. */
    private CheckpointStatus readBack(CallContext context, GridPath path) {
        try {
            return committed(context, path);
        } catch (GridException e) {
            throw new GridException(
                    ErrorCode.UNKNOWN_OUTCOME,
                    "committed, and cannot be read back now: " + e.getMessage(),
                    path.toString(),
                    "commit again",
                    e);
        }
    }

    /** Gives a session up; also where there is nothing left of it. */
    public void abort(SessionRequest request) {
        staging.abort(request.session());
    }

    /**
     * One page of the complete steps, the latest first; 100 of them where no size is asked for, and at most 1,000.
     */
    public CheckpointList list(CallContext context, SeriesRequest request) {
        Series.Page page = series.page(GridPath.parse(request.series()), request.pageSize(), request.pageToken());
        List<CheckpointStatus> steps = new ArrayList<>();
        for (Step step : page.steps()) {
            find(context, step).ifPresent(steps::add);
        }
        return new CheckpointList(steps, page.nextPageToken());
    }

    /**
     * One step; the latest complete one where none is named.
     *
     * @throws GridException NOT_FOUND, CORRUPT_DATA (its manifest)
     */
    public CheckpointStatus info(CallContext context, StepRequest request) {
        GridPath path = GridPath.parse(request.series());
        Long number = request.step();
        return number == null
                ? latest(context, path)
                : find(context, new Step(path, number)).orElseThrow(() -> missing(new Step(path, number)));
    }

    private CheckpointStatus latest(CallContext context, GridPath path) {
        String token = null;
        do {
            Series.Page page = series.page(path, null, token);
            for (Step step : page.steps()) {
                Optional<CheckpointStatus> status = find(context, step);
                if (status.isPresent()) {
                    return status.get();
                }
            }
            token = page.nextPageToken();
        } while (token != null);
        throw new GridException(ErrorCode.NOT_FOUND, "no complete checkpoint in " + path, path.toString(), null, null);
    }

    /** Removes a step with its shards. NOT_FOUND where it is not there. */
    public void remove(CallContext context, StepRequest request) {
        Long number = request.step();
        if (number == null) {
            throw GridException.invalid("name the step to remove");
        }
        Step step = new Step(GridPath.parse(request.series()), number);
        if (find(context, step).isEmpty() || !files.remove(step.path(), true, null)) {
            throw missing(step);
        }
    }

    private CheckpointStatus committed(CallContext context, GridPath path) {
        return Step.at(path)
                .flatMap(step -> find(context, step))
                .orElseThrow(() -> GridException.notFound(path, "it was committed, and removed since"));
    }

    private Optional<CheckpointStatus> find(CallContext context, Step step) {
        GridPath path = step.path().child(Manifest.NAME);
        if (files.find(path).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(Manifest.parse(bytes(context, path), path).status(step));
    }

    private byte[] bytes(CallContext context, GridPath path) {
        try (FileReader reader = store.open(context, path)) {
            if (reader.lengthBytes() > MAX_MANIFEST_BYTES) {
                throw new GridException(
                        ErrorCode.CORRUPT_DATA, "manifest of " + reader.lengthBytes() + " bytes: path=" + path);
            }
            byte[] all = new byte[(int) reader.lengthBytes()];
            int chunk = 1 << 20;
            for (int at = 0; at < all.length; at += chunk) {
                int length = Math.min(chunk, all.length - at);
                ByteBuf bytes = reader.read(at, length);
                try {
                    bytes.readBytes(all, at, length);
                } finally {
                    bytes.release();
                }
            }
            return all;
        }
    }

    private void write(CallContext context, StagedSession session, Manifest manifest) {
        Integer replicas = request(session).replicas();
        PutOptions options =
                PutOptions.create(context.caller().name()).overwriting().replicas(replicas == null ? 0 : replicas);
        try (FileWriter writer = store.put(context, session.content().child(Manifest.NAME), options)) {
            writer.write(ByteBuffer.wrap(manifest.json()));
            writer.commit();
        }
    }

    private Manifest.Entry entry(CallContext context, FileStatus shard) {
        try (FileReader reader = store.open(context, GridPath.parse(shard.path()))) {
            FileStatus status = reader.layout().status();
            return new Manifest.Entry(
                    Completeness.name(shard),
                    status.sizeBytes(),
                    status.id(),
                    String.format("%08x", FileChecksum.of(reader.layout())));
        }
    }

    private List<FileStatus> staged(StagedSession session) {
        List<FileStatus> entries = new ArrayList<>();
        Series.entries(files, session.content(), entry -> {
            if (!Completeness.name(entry).equals(Manifest.NAME)) {
                entries.add(entry);
            }
        });
        return entries;
    }

    private static CheckpointBegin request(StagedSession session) {
        return Json.read(session.request().getBytes(StandardCharsets.UTF_8), CheckpointBegin.class);
    }

    private static void checkCount(String name, @Nullable Integer count, int max) {
        if (count != null && (count < 1 || count > max)) {
            throw GridException.invalid("bad " + name + ": " + count + ", expected 1 to " + max);
        }
    }

    private static GridException missing(Step step) {
        return GridException.notFound(step.path(), "checkpoint.list names what is there");
    }

    private static GridException exists(Step step) {
        return new GridException(
                ErrorCode.ALREADY_EXISTS,
                "checkpoint exists: path=" + step,
                step.toString(),
                "checkpoint.remove takes it away",
                null);
    }
}
