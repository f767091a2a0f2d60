package io.swarmgrid.client.grid;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.Channels;
import java.util.HashMap;
import java.util.Map;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

/**
 * What of a client is Flight and Arrow: loaded when the first record batches are asked for, and never by who only has files
 * and actions to do with. Thread-safe.
 */
final class FlightSide implements AutoCloseable {
    private final Channels channels;
    private final long memoryBytes;

    @GuardedBy("this")
    private final Map<String, FlightClient> clients = new HashMap<>();

    @GuardedBy("this")
    private @Nullable BufferAllocator allocator;

    FlightSide(Channels channels, long memoryBytes) {
        this.channels = channels;
        this.memoryBytes = memoryBytes;
    }

    synchronized FlightClient client(String location) {
        FlightClient known = clients.get(location);
        if (known == null) {
            known = FlightGrpcUtils.createFlightClientWithSharedChannel(
                    allocator(), new SteadyChannel(channels, location));
            clients.put(location, known);
        }
        return known;
    }

    synchronized BufferAllocator allocator() {
        if (allocator == null) {
            allocator = new RootAllocator(memoryBytes);
        }
        return allocator;
    }

    static CallOption headers(CallHeaders headers) {
        FlightCallHeaders flight = new FlightCallHeaders();
        headers.asMap().forEach(flight::insert);
        return new HeaderCallOption(flight);
    }

    @Override
    public synchronized void close() {
        clients.values().forEach(FlightSide::close);
        clients.clear();
        if (allocator != null) {
            allocator.close();
            allocator = null;
        }
    }

    private static void close(FlightClient flight) {
        try {
            flight.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
