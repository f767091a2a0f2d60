package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.ShardPut;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import java.util.Optional;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** What a DoPut is put into. Thread-safe. */
final class Puts {
    private final Services services;
    private final Requests requests;

    Puts(Services services, Requests requests) {
        this.services = services;
        this.requests = requests;
    }

    /**
     * Begins the put of a stream with this schema.
     *
     * @return takes the stream's batches; the caller closes it
     */
    PutTarget begin(CallContext context, FlightDescriptor descriptor, Schema schema, DictionaryProvider dictionaries) {
        context.caller().require(Grant.WRITE);
        Command command = Command.parse(descriptor, requests);
        GridPath path = command.path();
        return switch (command.op()) {
            case "" -> putPath(context, CallerPaths.visible(path == null ? GridPath.ROOT : path), schema, dictionaries);
            case Operations.DATASET_PUT ->
                dataset(
                        context,
                        requests.convert(command.fields(), DatasetPut.class, command.op()),
                        schema,
                        dictionaries);
            case Operations.FILE_PUT ->
                file(context, requests.convert(command.fields(), FilePut.class, command.op()), schema);
            case Operations.CHECKPOINT_PUT ->
                shard(context, requests.convert(command.fields(), ShardPut.class, command.op()), schema);
            default -> throw Operations.unknownCommand(command.op(), Operations.PUT_COMMANDS);
        };
    }

    private PutTarget putPath(CallContext context, GridPath path, Schema schema, DictionaryProvider dictionaries) {
        if (RawBytes.isRaw(schema)) {
            return file(context, new FilePut(path.toString(), null, null, null, null), schema);
        }
        DatasetPut put = new DatasetPut(null, path.toString(), null, null, null, null, null, null);
        return dataset(context, put, schema, dictionaries);
    }

    private PutTarget dataset(CallContext context, DatasetPut put, Schema schema, DictionaryProvider dictionaries) {
        if (put.path() != null) {
            CallerPaths.parse(put.path());
        }
        return new RowTarget(services.datasets().put(context, put, schema, dictionaries));
    }

    private PutTarget file(CallContext context, FilePut put, Schema schema) {
        requireRaw(schema, "file.put");
        GridPath path = CallerPaths.parse(put.path());
        PutOptions asked = PutOptions.asked(context, path, put);
        OperationId operation = asked.operation();
        if (operation != null) {
            Optional<FileStatus> earlier = services.files().outcome(operation);
            if (earlier.isPresent()) {
                return new RepeatedTarget(result(earlier.get()));
            }
        }
        return new FileTarget(services.store().put(context, path, asked), Puts::result);
    }

    private PutTarget shard(CallContext context, ShardPut put, Schema schema) {
        requireRaw(schema, "checkpoint.put");
        return new FileTarget(services.checkpoints().shard(context, put), Puts::staged);
    }

    private static PutResult result(FileStatus status) {
        return new PutResult(true, status.path(), null, status.sizeBytes(), status.version());
    }

    /** Inside a session nothing is visible yet, so there is no version. */
    private static PutResult staged(FileStatus status) {
        return new PutResult(false, status.path(), null, status.sizeBytes(), 0);
    }

    private static void requireRaw(Schema schema, String op) {
        if (!RawBytes.isRaw(schema)) {
            throw new GridException(
                    ErrorCode.SCHEMA_MISMATCH,
                    op + " takes raw bytes, one column 'bytes: uint8 not null'; the stream's schema is "
                            + shown(schema),
                    null,
                    "dataset.put takes tables",
                    null);
        }
    }

    private static String shown(@Nullable Schema schema) {
        String text = String.valueOf(schema);
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }
}
