package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Makes staged partition files part of a dataset, in one step. Thread-safe. */
final class Publisher {
    /*
     * What a put added is kept in attributes of the dataset, set by the same transaction: the outcome of the operation then
     * answers a retry with the numbers of the first time.
     *
     * Appending and creating differ in the schema's file: a new dataset brings it along, an old one has it. Another writer may
     * create or remove the dataset at any moment, so each attempt looks anew and the staged directory is made to fit.
     */
    private static final String ROWS = "put_rows";
    private static final String SIZE = "put_size_bytes";
    private static final int ATTEMPTS = 64;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Files files;
    private final FileStore store;
    private final Catalog catalog;
    private final BufferAllocator allocator;

    Publisher(Files files, FileStore store, Catalog catalog, BufferAllocator allocator) {
        this.files = files;
        this.store = store;
        this.catalog = catalog;
        this.allocator = allocator;
    }

    /** What is to become visible, all of it in the directory {@code content}. */
    record Staged(GridPath content, Schema schema, long rows, long sizeBytes) {
        Map<String, String> attributes() {
            return Map.of(ROWS, Long.toString(rows), SIZE, Long.toString(sizeBytes));
        }
    }

    /** What an operation answered that was done before. */
    Optional<PutResult> outcome(OperationId operation) {
        return files.outcome(operation).map(Publisher::result);
    }

    /**
     * Refuses a put that could not be committed as things are now.
     *
     * @param schema null where it is not known yet
     */
    void check(CallContext context, PutSpec spec, @Nullable Schema schema) {
        Optional<FileStatus> existing = existing(spec);
        if (existing.isPresent() && spec.mode() == PutMode.APPEND && schema != null) {
            checkSchema(spec, catalog.schema(context, spec.path()), schema);
        }
        if (existing.isPresent() && spec.mode() == PutMode.OVERWRITE) {
            files.requireReplaceable(spec.path());
        }
    }

    /** Publishes to the dataset of the spec. */
    PutResult publish(CallContext context, PutSpec spec, Staged staged, OperationId operation) {
        GridPath parent = spec.path().parent();
        if (parent != null && !parent.isRoot()) {
            files.makeDirectory(parent, context.caller().name(), Files.Parents.MAKE);
        }
        boolean doubtful = false;
        for (int attempt = 1; ; attempt++) {
            try {
                return result(files.publish(prepared(context, spec, staged, operation)));
            } catch (GridException e) {
                doubtful |= e.code() == ErrorCode.UNKNOWN_OUTCOME;
                Optional<PutResult> done = outcomeAfter(e, operation, doubtful);
                if (done.isPresent()) {
                    return done.get();
                }
                if (attempt == ATTEMPTS || !again(spec.mode(), e)) {
                    throw doubtful ? inDoubt(spec.path(), e) : e;
                }
                pause();
            }
        }
    }

    /** An attempt may have been applied after all, or another put of the same name was: then that is the answer. */
    private Optional<PutResult> outcomeAfter(GridException failure, OperationId operation, boolean doubtful) {
        try {
            return outcome(operation);
        } catch (GridException e) {
            throw doubtful ? inDoubt(null, e) : failure;
        }
    }

    /** What the last attempt was refused for says nothing of one before it whose outcome nobody knew. */
    private static GridException inDoubt(@Nullable GridPath path, GridException e) {
        return e.code() == ErrorCode.UNKNOWN_OUTCOME
                ? e
                : new GridException(
                        ErrorCode.UNKNOWN_OUTCOME,
                        "may have become visible: " + e.getMessage(),
                        path == null ? e.path() : path.toString(),
                        "ask again: the same commit, or put with the same put_id, answers what became of it",
                        e);
    }

    private Publication prepared(CallContext context, PutSpec spec, Staged staged, OperationId operation) {
        Optional<FileStatus> existing = existing(spec);
        boolean append = existing.isPresent() && spec.mode() == PutMode.APPEND;
        if (append) {
            checkSchema(spec, catalog.schema(context, spec.path()), staged.schema());
            files.remove(staged.content().child(PartitionName.SCHEMA), false, null);
        } else {
            PartitionFiles.putSchemaOnce(store, context, staged.content(), staged.schema(), allocator);
        }
        PutMode mode = spec.mode() == PutMode.APPEND && !append ? PutMode.CREATE : spec.mode();
        return new Publication(
                staged.content(),
                spec.path(),
                mode,
                EntryKind.DATASET,
                staged.attributes(),
                existing.map(FileStatus::version).orElse(0L),
                operation);
    }

    private static boolean again(PutMode mode, GridException e) {
        return switch (e.code()) {
            case UNKNOWN_OUTCOME, CONFLICT -> true;
            case ALREADY_EXISTS, NOT_FOUND, PRECONDITION_FAILED -> mode == PutMode.APPEND;
            default -> false;
        };
    }

    /** Moves staged files into the directory of a session, to become visible with that. */
    void contribute(CallContext context, GridPath session, Staged staged, OperationId operation) {
        if (!PartitionFiles.putSchemaOnce(store, context, session, staged.schema(), allocator)) {
            checkSchema(session, schemaOfOther(context, session), staged.schema());
        }
        boolean doubtful = false;
        for (int attempt = 1; ; attempt++) {
            try {
                files.publish(new Publication(
                        staged.content(),
                        session,
                        PutMode.APPEND,
                        EntryKind.DIRECTORY,
                        staged.attributes(),
                        files.stat(session).version(),
                        operation));
                return;
            } catch (GridException e) {
                doubtful |= e.code() == ErrorCode.UNKNOWN_OUTCOME;
                if (outcomeAfter(e, operation, doubtful).isPresent()) {
                    return;
                }
                boolean again = e.code() == ErrorCode.CONFLICT || e.code() == ErrorCode.UNKNOWN_OUTCOME;
                if (attempt == ATTEMPTS || !again) {
                    throw doubtful ? inDoubt(session, e) : e;
                }
                pause();
            }
        }
    }

    /** The schema that another put is just bringing: it may be refused as being there before this node can see it. */
    private Schema schemaOfOther(CallContext context, GridPath session) {
        for (int attempt = 1; ; attempt++) {
            try {
                return catalog.schemaIn(context, session);
            } catch (GridException e) {
                if (attempt == ATTEMPTS || e.code() != ErrorCode.NOT_FOUND) {
                    throw e;
                }
                pause();
            }
        }
    }

    /**
     * The same for the files of a part, which replace those that it had before: they have the same first name, so that
     * only one of two that come at once is moved.
     */
    void contributePart(CallContext context, GridPath session, int part, Staged staged, OperationId operation) {
        for (int attempt = 1; ; attempt++) {
            removePart(session, part);
            try {
                contribute(context, session, staged, operation);
                return;
            } catch (GridException e) {
                if (attempt == ATTEMPTS || e.code() != ErrorCode.ALREADY_EXISTS) {
                    throw e;
                }
                pause();
            }
        }
    }

    private void removePart(GridPath session, int part) {
        for (FileStatus file : catalog.children(session)) {
            String name = PartitionName.name(file);
            if (PartitionName.isPartition(file) && PartitionName.number(name) == part) {
                files.remove(session.child(name), false, null);
            }
        }
    }

    /** What is at the path now; refused where the mode does not allow it. */
    private Optional<FileStatus> existing(PutSpec spec) {
        Optional<FileStatus> existing = files.find(spec.path());
        existing.ifPresent(status -> {
            if (spec.mode() == PutMode.CREATE || status.kind() != EntryKind.DATASET) {
                boolean dataset = status.kind() == EntryKind.DATASET;
                throw new GridException(
                        ErrorCode.ALREADY_EXISTS,
                        "a " + status.kind().name().toLowerCase(Locale.ROOT) + " is there already: " + spec.path(),
                        spec.path().toString(),
                        dataset ? "put with mode 'overwrite' or 'append'" : "choose another path",
                        null);
            }
        });
        return existing;
    }

    static void checkSchema(GridPath path, Schema schema, Schema other) {
        String difference = WireSchema.firstDifference(schema, other);
        if (difference != null) {
            throw new GridException(
                    ErrorCode.SCHEMA_MISMATCH,
                    "not of the schema of " + path + ": " + difference,
                    path.toString(),
                    "append what has the same columns, or put with mode 'overwrite'",
                    null);
        }
    }

    private static void checkSchema(PutSpec spec, Schema schema, Schema other) {
        checkSchema(spec.path(), schema, other);
    }

    private static PutResult result(FileStatus status) {
        return new PutResult(true, status.path(), number(status, ROWS), number(status, SIZE), status.version());
    }

    private static long number(FileStatus status, String attribute) {
        String text = status.attribute(attribute);
        return text == null ? 0 : Long.parseLong(text);
    }

    private static void pause() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS / 20, PAUSE_NANOS));
    }
}
