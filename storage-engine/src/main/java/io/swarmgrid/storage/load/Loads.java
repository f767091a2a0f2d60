package io.swarmgrid.storage.load;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.LoadRequest;
import io.swarmgrid.client.wire.LoadResult;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.cache.Loader;
import io.swarmgrid.storage.file.LoadedNear;
import io.swarmgrid.storage.load.LoadWalk.Parts;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.run.SingleRun;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Brings near to this node what lies below a path, because somebody asks for it. One load at a time. Thread-safe. */
public final class Loads implements AutoCloseable {
    private static final SingleRun.Words WORDS = new SingleRun.Words(
            "load",
            id -> "this node is at a load: run=" + id,
            "this node is not at that load, nor was it the last one",
            "begin it anew: what has come is there");

    private final Parts parts;
    private final DataPath path;
    private final Loader loader;
    private final LoadWorkers workers;
    private final SingleRun<LoadRun> runs = new SingleRun<>(WORDS);

    /**
     * Of a node that is at none.
     *
     * @param files with what lies below mounts, as {@code mounted} has it
     */
    public Loads(Files files, FileMetadata metadata, MountedStore mounted, DataPath path) {
        this.parts = new Parts(files, metadata, mounted, new LoadedNear(path, metadata));
        this.path = path;
        this.loader = path.near().loader();
        this.workers = new LoadWorkers(path.config().cache().maxLoads());
    }

    /**
     * Begins a load, looks after one, or ends it; answers after a few seconds at the latest.
     *
     * @throws GridException CONFLICT while this node is at another one; NOT_FOUND for a path where nothing is, and for a run that was not its
     *     last; PRECONDITION_FAILED for a tier without near copies
     */
    public LoadResult load(LoadRequest ask) {
        String from = ask.path();
        String run = ask.run();
        LoadRun asked;
        if (run != null) {
            asked = runs.find(run);
        } else if (from != null) {
            if (Boolean.TRUE.equals(ask.stop())) {
                throw GridException.invalid("a load is begun or stopped: leave path or stop away");
            }
            asked = runs.begin(newRun(CallerPaths.parse(from), medium(ask.tier())));
        } else {
            asked = runs.last()
                    .orElseThrow(() -> new GridException(
                            ErrorCode.NOT_FOUND, "no load was begun on " + path.here() + " since it was started"));
        }
        if (Boolean.TRUE.equals(ask.stop())) {
            asked.stop();
        }
        return runs.look(asked).result();
    }

    private LoadRun newRun(GridPath top, Medium medium) {
        FileStatus unused = parts.files().stat(top); // who names nothing is told at once
        String id = UUID.randomUUID().toString();
        CallContext call = CallContext.background(path.here(), "load-" + id);
        return new LoadRun(
                new LoadRun.Asked(id, path.here(), top, medium),
                new LoadWalk(parts, workers, top, medium, call),
                loader);
    }

    private Medium medium(@Nullable String tier) {
        List<Medium> media = loader.media();
        if (media.isEmpty()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "no near copies are made on " + path.here(),
                    null,
                    "storage.cache.share says how much of each tier they may take",
                    null);
        }
        Medium asked = tier == null ? media.get(0) : Keeping.medium(tier);
        if (!media.contains(asked)) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    path.here() + " has no near copies on " + Keeping.name(asked),
                    null,
                    "it has them on " + media.stream().map(Keeping::name).collect(Collectors.joining(", ")),
                    null);
        }
        return asked;
    }

    /** Breaks off what is under way. */
    @Override
    public void close() {
        workers.close();
        runs.close();
    }
}
