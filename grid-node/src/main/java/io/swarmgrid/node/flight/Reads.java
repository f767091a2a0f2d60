package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.storage.dataset.DatasetPlan;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.mounted.Outside;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.FileLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** GetFlightInfo, GetSchema, ListFlights and the source of a DoGet. Thread-safe. */
final class Reads {
    /** Datasets of one ListFlights; who has more of them lists below a narrower path. */
    private static final int MAX_LISTED = 10_000;
    /** Raw bytes go in batches of at most this size, whatever else a message may hold. */
    private static final int MAX_RAW_BATCH_BYTES = 1 << 20;

    /** Directories of Parquet files are datasets by their names alone: one bad file must not end a list of others. */
    private static final Set<ErrorCode> NO_DATASET =
            EnumSet.of(ErrorCode.CORRUPT_DATA, ErrorCode.SCHEMA_MISMATCH, ErrorCode.UNSUPPORTED);

    private static final Logger log = LoggerFactory.getLogger(Reads.class);

    private final Services services;
    private final Requests requests;
    private final Tickets tickets;
    private final Endpoints endpoints;
    private final BufferAllocator allocator;
    private final int rawBatchBytes;

    Reads(Services services, Requests requests, BufferAllocator allocator) {
        this.services = services;
        this.requests = requests;
        this.tickets = new Tickets(
                services.gridId(),
                services.gridSecret(),
                services.config().security().ticketLifetime(),
                services.clock());
        this.endpoints = new Endpoints(services.nodes(), services.replicas());
        this.allocator = allocator;
        this.rawBatchBytes = (int) Math.min(
                MAX_RAW_BATCH_BYTES, services.config().storage().chunkSize().bytes());
    }

    FlightInfo info(CallContext context, FlightDescriptor descriptor) {
        context.caller().require(Grant.READ);
        Command command = Command.parse(descriptor, requests);
        GridPath path = command.path();
        return switch (command.op()) {
            case "" -> pathInfo(context, descriptor, CallerPaths.visible(path == null ? GridPath.ROOT : path));
            case Operations.DATASET_READ -> datasetInfo(context, descriptor, visible(command));
            case Operations.FILE_READ -> {
                FileRead read = requests.convert(command.fields(), FileRead.class, command.op());
                FileStatus outer = outer(read);
                yield outer == null
                        ? fileInfo(descriptor, layout(read), read.offset(), read.lengthBytes())
                        : outerInfo(descriptor, outer, read.offset(), read.lengthBytes());
            }
            case Operations.TASK_RESULT -> datasetInfo(context, descriptor, result(context, command));
            default -> throw Operations.unknownCommand(command.op(), Operations.READ_COMMANDS);
        };
    }

    Schema schema(CallContext context, FlightDescriptor descriptor) {
        return info(context, descriptor).getSchemaOptional().orElseThrow();
    }

    /** Hands over the datasets at and below the path of the criteria. */
    void list(CallContext context, byte @Nullable [] criteria, Consumer<FlightInfo> each) {
        context.caller().require(Grant.READ);
        byte[] json = criteria == null ? new byte[0] : criteria;
        GridPath path = json.length == 0
                ? GridPath.ROOT
                : CallerPaths.parse(
                        requests.read(json, PathRequest.class, "ListFlights").path());
        Iterator<FileStatus> datasets = services.datasets().below(path, MAX_LISTED);
        while (datasets.hasNext()) {
            FileStatus entry = datasets.next();
            GridPath found = GridPath.parse(entry.path());
            FlightDescriptor descriptor = FlightDescriptor.path(found.names());
            try {
                each.accept(datasetInfo(context, descriptor, new DatasetRead(found.toString(), null, null)));
            } catch (GridException e) {
                if (entry.kind() == EntryKind.DIRECTORY && NO_DATASET.contains(e.code())) {
                    log.warn("its files are no dataset, so it is not listed: path={}, why={}", found, e.getMessage());
                } else if (e.code() != ErrorCode.NOT_FOUND) { // which was removed while we were listing
                    throw e;
                }
            }
        }
    }

    /** Checks a ticket; what it returns opens the source. */
    Supplier<BatchSource> open(CallContext context, byte[] ticket) {
        context.caller().require(Grant.READ);
        Tickets.Content content = tickets.open(ticket);
        Tickets.ByteRead bytes = content.bytes();
        if (bytes != null) {
            return () -> openRaw(context, bytes);
        }
        return () -> new RowSource(services.datasets().open(context, Objects.requireNonNull(content.rows())));
    }

    FlightEndpoint renew(CallContext context, FlightEndpoint endpoint) {
        context.caller().require(Grant.READ);
        return endpoints.again(tickets.renew(endpoint.getTicket().getBytes()), endpoint);
    }

    private DatasetRead visible(Command command) {
        DatasetRead read = requests.convert(command.fields(), DatasetRead.class, command.op());
        CallerPaths.parse(read.path());
        return read;
    }

    private DatasetRead result(CallContext context, Command command) {
        TaskRequest request = requests.convert(command.fields(), TaskRequest.class, command.op());
        return new DatasetRead(services.tasks().result(context, request).toString(), null, null);
    }

    private FlightInfo pathInfo(CallContext context, FlightDescriptor descriptor, GridPath path) {
        FileStatus status = services.files().stat(path);
        return switch (status.kind()) {
            case FILE ->
                Outside.isOutside(status.id())
                        ? outerInfo(descriptor, status, null, null)
                        : fileInfo(descriptor, services.metadata().layout(path), null, null);
            case DATASET -> datasetInfo(context, descriptor, new DatasetRead(path.toString(), null, null));
            case DIRECTORY -> {
                if (Outside.isOutside(status.id()) || !services.datasets().isDataset(status)) {
                    throw new GridException(
                            ErrorCode.IS_A_DIRECTORY,
                            "is a directory, no file or dataset: " + path,
                            path.toString(),
                            "the action fs.list shows what is in it",
                            null);
                }
                yield datasetInfo(context, descriptor, new DatasetRead(path.toString(), null, null));
            }
        };
    }

    private FlightInfo datasetInfo(CallContext context, FlightDescriptor descriptor, DatasetRead read) {
        DatasetPlan plan = services.datasets().plan(context, read);
        List<FlightEndpoint> list = new ArrayList<>();
        for (DatasetPlan.Endpoint endpoint : plan.endpoints()) {
            Endpoints.Part part = new Endpoints.Part(
                    endpoint.read().name(),
                    endpoint.read().rowCount(),
                    endpoint.read().sizeBytes());
            list.add(endpoints.of(tickets.issue(endpoint.read()), part, endpoints.candidates(endpoint.holders())));
        }
        return flightInfo(plan.schema(), descriptor, list, plan.sizeBytes(), plan.rows(), plan.version());
    }

    /** What is to be read below a mount; null where it is one of the grid's files, or nothing. */
    private @Nullable FileStatus outer(FileRead read) {
        Long id = read.id();
        if (id != null && !Outside.isOutside(id)) {
            return null;
        }
        GridPath path = CallerPaths.parse(read.path());
        FileStatus found = services.files().find(path).orElse(null);
        if (found == null || !Outside.isOutside(found.id())) {
            return null;
        }
        if (found.kind() != EntryKind.FILE) {
            throw new GridException(ErrorCode.IS_A_DIRECTORY, "is a directory: " + path, path.toString(), null, null);
        }
        return found;
    }

    private FileLayout layout(FileRead read) {
        GridPath path = CallerPaths.parse(read.path());
        Long id = read.id();
        if (id == null) {
            return services.metadata().layout(path);
        }
        FileLayout layout = services.metadata().layout(id);
        CallerPaths.parse(layout.status().path());
        return layout;
    }

    private FlightInfo fileInfo(
            FlightDescriptor descriptor, FileLayout layout, @Nullable Long offset, @Nullable Long lengthBytes) {
        long from = offset == null ? 0 : offset;
        long to = end(layout.status(), from, lengthBytes);
        List<FlightEndpoint> list = new ArrayList<>();
        for (int i = 0; i < layout.blocks().size(); i++) {
            BlockRecord block = layout.blocks().get(i);
            long start = Math.max(from, block.offset());
            long end = Math.min(to, block.offset() + layout.usedBytes(i));
            if (start < end) {
                list.add(fileEndpoint(layout.status(), start, end, endpoints.holding(block)));
            }
        }
        if (list.isEmpty()) {
            // Kept in the metadata, or nothing to read: every node can serve it.
            list.add(fileEndpoint(layout.status(), from, to, endpoints.everywhere()));
        }
        return flightInfo(
                RawBytes.SCHEMA,
                descriptor,
                list,
                to - from,
                to - from,
                layout.status().version());
    }

    /** Any node can be asked for any part: whoever has it near, or brings it. */
    private FlightInfo outerInfo(
            FlightDescriptor descriptor, FileStatus file, @Nullable Long offset, @Nullable Long lengthBytes) {
        long from = offset == null ? 0 : offset;
        long to = end(file, from, lengthBytes);
        long block = services.config().storage().blockSize().bytes();
        List<FlightEndpoint> list = new ArrayList<>();
        long start = from;
        do {
            long end = Math.min(to, (start / block + 1) * block);
            list.add(fileEndpoint(file, start, end, endpoints.everywhere()));
            start = end;
        } while (start < to);
        return flightInfo(RawBytes.SCHEMA, descriptor, list, to - from, to - from, file.version());
    }

    private static long end(FileStatus file, long from, @Nullable Long lengthBytes) {
        long left = file.sizeBytes() - from;
        if (from < 0 || left < 0 || (lengthBytes != null && (lengthBytes < 0 || lengthBytes > left))) {
            throw new GridException(
                    ErrorCode.INVALID_ARGUMENT,
                    "bad range: offset=" + from + ", length_bytes=" + lengthBytes + " of a file of " + file.sizeBytes()
                            + " bytes",
                    file.path(),
                    null,
                    null);
        }
        return from + (lengthBytes == null ? left : lengthBytes);
    }

    private FlightEndpoint fileEndpoint(FileStatus status, long start, long end, Endpoints.Places holders) {
        String name = GridPath.parse(status.path()).name();
        String path = Outside.isOutside(status.id()) ? status.path() : null;
        Tickets.Issued ticket =
                tickets.issue(new Tickets.ByteRead(status.id(), status.version(), name, start, end - start, path));
        return endpoints.of(ticket, new Endpoints.Part(name, end - start, end - start), holders);
    }

    private BatchSource openRaw(CallContext context, Tickets.ByteRead read) {
        if (read.path() != null) {
            FileReader outer = services.store().open(context, GridPath.parse(read.path()), read.fileId());
            return new RawSource(outer, allocator, read.offset(), read.lengthBytes(), rawBatchBytes);
        }
        FileLayout layout = services.metadata().layout(read.fileId());
        if (layout.status().version() != read.version()) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "file has changed since the ticket was made: name=" + read.name() + ", version="
                            + layout.status().version() + ", ticket's version=" + read.version(),
                    null,
                    "ask for a new ticket: GetFlightInfo",
                    null);
        }
        FileReader reader = services.store().open(context, layout);
        return new RawSource(reader, allocator, read.offset(), read.lengthBytes(), rawBatchBytes);
    }

    private static FlightInfo flightInfo(
            Schema schema,
            FlightDescriptor descriptor,
            List<FlightEndpoint> endpoints,
            long sizeBytes,
            long rows,
            long version) {
        return new FlightInfo(
                schema,
                descriptor,
                endpoints,
                sizeBytes,
                rows,
                true,
                IpcOption.DEFAULT,
                Json.write(new InfoMetadata(version)));
    }

    /** The {@code app_metadata} of a FlightInfo. */
    private record InfoMetadata(long version) {}
}
