package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.config.LimitsConfig;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.staging.StagedSession;
import io.swarmgrid.storage.staging.Staging;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Puts by one writer, and by several in a session. Thread-safe. */
final class Puts {
    /*
     * Every put stages its files in a directory of its own, so that one that is broken off, or whose node dies, leaves nothing
     * behind that could become visible. A put by itself is published to its dataset; one of a session to the directory of the
     * session, which the commit publishes.
     */
    private static final String SESSION = "dataset";
    /** Of one put: what waits for a full batch in each partition, and one batch on its way through compression. */
    private static final long MEMORY_BYTES = 256L << 20;

    private final Files files;
    private final PartitionFiles.Stores stores;
    private final Staging staging;
    private final LimitsConfig limits;
    private final BufferAllocator allocator;
    private final Catalog catalog;
    private final Publisher publisher;
    private final Clock clock;

    Puts(
            PartitionFiles.Stores stores,
            Staging staging,
            LimitsConfig limits,
            BufferAllocator allocator,
            Catalog catalog,
            Clock clock) {
        this.files = stores.files();
        this.stores = stores;
        this.staging = staging;
        this.limits = limits;
        this.allocator = allocator;
        this.catalog = catalog;
        this.publisher = new Publisher(files, stores.store(), catalog, allocator);
        this.clock = clock;
    }

    /** What is put: the schema as vectors and as messages have it, and its dictionaries. */
    private record Source(Schema schema, Schema wire, DictionaryProvider dictionaries, Set<Long> dictionaryIds) {
        static Source of(Schema schema, DictionaryProvider dictionaries) {
            Set<Long> ids = new LinkedHashSet<>();
            return new Source(schema, WireSchema.ofMemory(schema, dictionaries, ids), dictionaries, ids);
        }
    }

    DatasetWriter put(CallContext context, DatasetPut put, Schema schema, DictionaryProvider dictionaries) {
        Source source = Source.of(schema, dictionaries);
        return put.session() == null
                ? putAlone(context, PutSpec.of(put), source)
                : putInSession(context, put.session(), put, source);
    }

    private DatasetWriter putAlone(CallContext context, PutSpec spec, Source source) {
        OperationId named = named(context, spec.path(), spec);
        Optional<PutResult> before = named == null ? Optional.empty() : publisher.outcome(named);
        if (before.isPresent()) {
            return new RepeatedPut(before.get());
        }
        publisher.check(context, spec, source.wire());
        int first = spec.mode() == PutMode.APPEND ? catalog.nextNumber(spec.path()) : 0;
        OwnDirectory own = OwnDirectory.begin(staging, clock, context, spec.path(), null);
        OperationId operation = named == null ? Staging.commitOf(own.id()) : named;
        return writer(
                context,
                spec,
                source,
                own,
                number -> PartitionName.of(first + number, stores.suffixes().get()),
                staged -> publisher.publish(context, spec, staged(own, source, staged), operation));
    }

    private DatasetWriter putInSession(CallContext context, String id, DatasetPut put, Source source) {
        Optional<PutResult> committed = publisher.outcome(Staging.commitOf(id));
        if (committed.isPresent()) {
            return new RepeatedPut(committed.get());
        }
        StagedSession session = staging.touch(id, SESSION);
        PutSpec spec = spec(session).inSession(put);
        check(context, session, spec, source);
        OperationId named = namedIn(context, session, spec);
        Optional<PutResult> before = named == null ? Optional.empty() : publisher.outcome(named);
        if (before.isPresent()) {
            return new RepeatedPut(
                    contributed(session, before.get().rows(), before.get().sizeBytes()));
        }
        int ofTarget = spec.mode() == PutMode.APPEND ? catalog.nextNumber(session.target()) : 0;
        int first = Math.max(catalog.nextNumber(session.content()), ofTarget);
        OwnDirectory own = OwnDirectory.begin(staging, clock, context, session.content(), session);
        OperationId operation = named == null ? Staging.commitOf(own.id()) : named;
        return writer(
                context,
                spec,
                source,
                own,
                number -> PartitionName.of(first + number, stores.suffixes().get()),
                staged -> {
                    publisher.contribute(context, session.content(), staged(own, source, staged), operation);
                    return contributed(session, staged.rows(), staged.sizeBytes());
                });
    }

    DatasetWriter putPart(CallContext context, String id, int part, Schema schema, DictionaryProvider dictionaries) {
        if (part < 0 || part > PartitionName.MAX_PART) {
            throw GridException.invalid("bad part: " + part + ", expected 0 to " + PartitionName.MAX_PART);
        }
        Optional<PutResult> committed = publisher.outcome(Staging.commitOf(id));
        if (committed.isPresent()) {
            return new RepeatedPut(committed.get());
        }
        Source source = Source.of(schema, dictionaries);
        StagedSession session = staging.touch(id, SESSION);
        PutSpec spec = spec(session).onePart();
        check(context, session, spec, source);
        OwnDirectory own = OwnDirectory.begin(staging, clock, context, session.content(), session);
        return writer(context, spec, source, own, number -> PartitionName.ofPart(part, number), staged -> {
            publisher.contributePart(
                    context, session.content(), part, staged(own, source, staged), Staging.commitOf(own.id()));
            return contributed(session, staged.rows(), staged.sizeBytes());
        });
    }

    private void check(CallContext context, StagedSession session, PutSpec spec, Source source) {
        publisher.check(context, spec, source.wire());
        if (files.find(session.content().child(PartitionName.SCHEMA)).isPresent()) {
            Publisher.checkSchema(session.target(), catalog.schemaIn(context, session.content()), source.wire());
        }
    }

    private static Publisher.Staged staged(OwnDirectory own, Source source, PartitionFiles files) {
        return new Publisher.Staged(own.content(), source.wire(), files.rows(), files.sizeBytes());
    }

    /** The operation that a put id names, the same for every retry by the same caller; null without one. */
    private static @Nullable OperationId named(CallContext context, GridPath target, PutSpec spec) {
        String putId = spec.putId();
        return putId == null ? null : new OperationId("put:" + Staging.idOf(context, SESSION, target, putId));
    }

    /** A session that was given up and begun again, with the same id, has not what was put into it before. */
    private @Nullable OperationId namedIn(CallContext context, StagedSession session, PutSpec spec) {
        String putId = spec.putId();
        if (putId == null) {
            return null;
        }
        String ofThisRun = putId + '@' + files.stat(session.content()).id();
        return new OperationId("put:" + Staging.idOf(context, SESSION, session.content(), ofThisRun));
    }

    private static PutResult contributed(StagedSession session, @Nullable Long rows, long sizeBytes) {
        return new PutResult(false, session.target().toString(), rows, sizeBytes, 0);
    }

    private DatasetWriter writer(
            CallContext context,
            PutSpec spec,
            Source source,
            OwnDirectory own,
            IntFunction<String> names,
            Function<PartitionFiles, PutResult> publish) {
        BufferAllocator memory = allocator.newChildAllocator(
                "dataset-put:" + own.id(),
                0,
                MEMORY_BYTES + 2 * limits.inboundMessageSize().bytes());
        try {
            ByColumn byColumn = spec.partitionBy() == null
                    ? null
                    : new ByColumn(source.schema(), spec.partitionBy(), source.dictionaries());
            return new PutWriter(
                    source.schema(),
                    new DictionaryTracker(source.dictionaries(), source.dictionaryIds(), memory),
                    new PartitionFiles(stores, context, own.content(), spec, source.wire(), names, memory),
                    BatchLimits.stored(source.schema().getFields(), limits),
                    spec,
                    byColumn,
                    memory,
                    own,
                    publish);
        } catch (RuntimeException e) {
            memory.close();
            own.discard();
            throw e;
        }
    }

    SessionInfo begin(CallContext context, DatasetPut put) {
        if (put.session() != null) {
            throw GridException.invalid("'session' is not for dataset.begin, which makes one");
        }
        PutSpec spec = PutSpec.of(put);
        if (spec.putId() != null) {
            String id = Staging.idOf(context, SESSION, spec.path(), spec.putId());
            if (publisher.outcome(Staging.commitOf(id)).isPresent()) {
                return new SessionInfo(
                        id,
                        spec.path().toString(),
                        clock.millis() + staging.idle().toMillis(),
                        true);
            }
        }
        publisher.check(context, spec, null);
        return staging.begin(context, SESSION, spec.path(), Json.text(put), spec.putId())
                .info();
    }

    void touch(String id) {
        staging.touch(id, SESSION);
    }

    PutResult commit(CallContext context, String id) {
        OperationId operation = Staging.commitOf(id);
        Optional<PutResult> before = publisher.outcome(operation);
        if (before.isPresent()) {
            return before.get();
        }
        try {
            return commit(context, staging.touch(id, SESSION), operation);
        } catch (GridException e) {
            return Staging.doneBefore(e, () -> publisher.outcome(operation));
        }
    }

    private PutResult commit(CallContext context, StagedSession session, OperationId operation) {
        List<Catalog.Partition> parts = catalog.staged(context, session.content());
        Publisher.Staged staged = new Publisher.Staged(
                session.content(),
                schemaOf(context, session, parts),
                parts.stream().mapToLong(Catalog.Partition::rows).sum(),
                parts.stream().mapToLong(part -> part.status().sizeBytes()).sum());
        PutResult result = publisher.publish(context, spec(session), staged, operation);
        staging.committed(session.id());
        return result;
    }

    /** A commit that failed half-way may have removed the schema's file: every partition file has the schema too. */
    private Schema schemaOf(CallContext context, StagedSession session, List<Catalog.Partition> parts) {
        GridPath file = session.content().child(PartitionName.SCHEMA);
        if (files.find(file).isPresent()) {
            return catalog.schemaIn(context, session.content());
        }
        if (parts.isEmpty()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "nothing was put into the session: " + session.id(),
                    session.target().toString(),
                    "put at least one stream; one without rows makes an empty dataset",
                    null);
        }
        return catalog.schemaOf(context, parts.get(0));
    }

    private static PutSpec spec(StagedSession session) {
        return PutSpec.of(Json.read(session.request().getBytes(StandardCharsets.UTF_8), DatasetPut.class));
    }
}
