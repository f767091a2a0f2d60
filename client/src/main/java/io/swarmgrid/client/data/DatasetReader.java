package io.swarmgrid.client.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.TaskRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.CallOptions;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.LocationSchemes;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads a dataset, or a task's result, as it was when this reader was opened. An endpoint is read at the best of its
 * locations; where a node dies in the middle, the read goes on at the next one after the rows that had come, so that a
 * consumer sees every row once. Thread-safe; holds nothing open between calls.
 */
public final class DatasetReader {
    /** An endpoint and what is needed to ask for it. */
    record Endpoint(DatasetPart part, Ticket ticket) {}

    private final GridClient client;
    private final String what;
    private final byte[] command;
    private final FlightInfo info;
    private final List<Endpoint> endpoints;

    private DatasetReader(GridClient client, String what, byte[] command) {
        this.client = client;
        this.what = what;
        this.command = command;
        this.info = ask();
        this.endpoints = endpoints(info);
    }

    /** @throws GridException NOT_FOUND, INVALID_ARGUMENT for a column or a range that is not there */
    public static DatasetReader open(GridClient client, DatasetRead read) {
        return new DatasetReader(client, read.path(), Commands.encode("dataset.read", read));
    }

    /** The result of a task that succeeded: one part for each split. */
    public static DatasetReader ofTask(GridClient client, String id) {
        return new DatasetReader(client, "task " + id, Commands.encode("task.result", new TaskRequest(id)));
    }

    public Schema schema() {
        return info.getSchemaOptional()
                .orElseThrow(() -> new GridException(ErrorCode.INTERNAL, "the grid gave no schema: " + what));
    }

    /** Rows of the whole read; -1 where the grid does not say. */
    public long rows() {
        return info.getRecords();
    }

    /** Bytes of the files that are read; -1 where the grid does not say. */
    public long sizeBytes() {
        return info.getBytes();
    }

    /** What can be read one by one, in order. */
    public List<DatasetPart> parts() {
        return endpoints.stream().map(Endpoint::part).toList();
    }

    /** Reads all parts, one after the other, in the calling thread. */
    public void readInOrder(BatchConsumer consumer) throws IOException {
        for (Endpoint endpoint : endpoints) {
            if (!new PartRead(client, this, endpoint).run(consumer)) {
                return;
            }
        }
    }

    /** Reads one part in the calling thread. */
    public void read(DatasetPart part, BatchConsumer consumer) throws IOException {
        new PartRead(client, this, endpoints.get(part.index())).run(consumer);
    }

    /**
     * Reads all parts, several at once. The first failure ends the read and is thrown.
     *
     * @param consumer called by several threads, but by one at a time for the same part
     */
    public void readParallel(int threads, BatchConsumer consumer) throws IOException {
        new ParallelRead(client, this, endpoints).run(threads, consumer);
    }

    String what() {
        return what;
    }

    /**
     * The same endpoint with a fresh ticket and the nodes that hold it now.
     *
     * @throws GridException PRECONDITION_FAILED where it is no part of what is there now
     */
    Endpoint renewed(Endpoint old) {
        List<Endpoint> now = endpoints(ask());
        DatasetPart part = old.part();
        for (Endpoint candidate : now) {
            boolean same = part.name().isEmpty()
                    ? candidate.part().index() == part.index() && now.size() == endpoints.size()
                    : candidate.part().name().equals(part.name());
            if (same && candidate.part().rows() == part.rows()) {
                DatasetPart fresh = candidate.part();
                return new Endpoint(
                        new DatasetPart(part.index(), part.name(), part.rows(), part.sizeBytes(), fresh.locations()),
                        candidate.ticket());
            }
        }
        throw new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "changed while it was read: " + what + ", part " + part.index() + " " + part.name() + " is gone",
                what,
                "read it again from the beginning",
                null);
    }

    private FlightInfo ask() {
        FlightDescriptor descriptor = FlightDescriptor.command(command);
        return client.anywhere("info of " + what, Repeat.READ, location -> client.flight(location)
                .getInfo(
                        descriptor,
                        client.newFlightHeaders(),
                        CallOptions.timeout(client.options().timeout().toMillis(), TimeUnit.MILLISECONDS)));
    }

    private List<Endpoint> endpoints(FlightInfo answer) {
        List<Endpoint> found = new ArrayList<>();
        for (FlightEndpoint each : answer.getEndpoints()) {
            JsonNode detail = detail(each);
            List<String> locations = new ArrayList<>();
            for (Location location : each.getLocations()) {
                if (location.getUri().getScheme().equals(LocationSchemes.REUSE_CONNECTION)) {
                    locations.addAll(client.locations());
                } else {
                    locations.add(GridClient.location(location.getUri().toString()));
                }
            }
            DatasetPart part = new DatasetPart(
                    found.size(),
                    detail.path("name").asText(""),
                    detail.path("rows").asLong(-1),
                    detail.path("size_bytes").asLong(-1),
                    locations.isEmpty() ? client.locations() : locations);
            found.add(new Endpoint(part, each.getTicket()));
        }
        return List.copyOf(found);
    }

    private static JsonNode detail(FlightEndpoint endpoint) {
        byte[] metadata = endpoint.getAppMetadata();
        return metadata == null || metadata.length == 0 ? Json.tree(new byte[] {'{', '}'}) : Json.tree(metadata);
    }
}
