package io.swarmgrid.client.data;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.Door;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A door that serves rows {@code 0, 1, 2, ...} of one column {@code n}, and breaks off where a test says so. */
class DatasetDoor extends Door {
    static final Schema SCHEMA = new Schema(List.of(Field.nullable("n", new ArrowType.Int(64, true))));

    /** Something that happens in place of the batch after so many rows. */
    record Fault(long afterRows, RuntimeException thrown) {}

    /** The parts: rows of each, in order. */
    volatile List<Long> rowsOfParts = List.of(1_000L);

    volatile String name = "part";
    volatile int batchRows = 100;
    volatile List<String> locations = List.of();
    final AtomicReference<RuntimeException> infoFault = new AtomicReference<>();
    final List<Fault> faults = new CopyOnWriteArrayList<>();
    final List<String> tickets = new CopyOnWriteArrayList<>();
    volatile boolean hang;
    private final AtomicInteger asked = new AtomicInteger();

    DatasetDoor() throws IOException {}

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        RuntimeException fault = infoFault.getAndSet(null);
        if (fault != null) {
            throw fault;
        }
        int time = asked.incrementAndGet();
        List<FlightEndpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < rowsOfParts.size(); i++) {
            String detail = "{\"name\":\"" + name + "-" + i + "\",\"rows\":" + rowsOfParts.get(i) + ",\"size_bytes\":"
                    + rowsOfParts.get(i) * 8 + "}";
            endpoints.add(FlightEndpoint.builder(
                            new Ticket((i + "@" + time).getBytes(StandardCharsets.UTF_8)),
                            locations.stream().map(DatasetDoor::location).toArray(Location[]::new))
                    .setAppMetadata(detail.getBytes(StandardCharsets.UTF_8))
                    .build());
        }
        long rows = rowsOfParts.stream().mapToLong(Long::longValue).sum();
        return new FlightInfo(SCHEMA, descriptor, endpoints, rows * 8, rows);
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        String text = new String(ticket.getBytes(), StandardCharsets.UTF_8);
        tickets.add(text);
        int part = Integer.parseInt(text.substring(0, text.indexOf('@')));
        long first =
                rowsOfParts.subList(0, part).stream().mapToLong(Long::longValue).sum();
        long end = first + rowsOfParts.get(part);
        try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, allocator())) {
            listener.start(root);
            for (long at = first; at < end; at += batchRows) {
                if (faulty(at - first, listener)) {
                    return;
                }
                int rows = (int) Math.min(batchRows, end - at);
                BigIntVector column = (BigIntVector) root.getVector(0);
                column.allocateNew(rows);
                for (int i = 0; i < rows; i++) {
                    column.set(i, at + i);
                }
                root.setRowCount(rows);
                listener.putNext();
            }
            if (!faulty(end - first, listener)) {
                listener.completed();
            }
        }
    }

    private boolean faulty(long rows, ServerStreamListener listener) {
        for (Fault fault : faults) {
            if (fault.afterRows() == rows) {
                faults.remove(fault);
                if (hang) {
                    return true;
                }
                listener.error(fault.thrown() instanceof GridException grid ? Door.asFlight(grid) : fault.thrown());
                return true;
            }
        }
        return false;
    }

    private static Location location(String text) {
        int colon = text.lastIndexOf(':');
        return Location.forGrpcInsecure(
                text.substring("grpc://".length(), colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
