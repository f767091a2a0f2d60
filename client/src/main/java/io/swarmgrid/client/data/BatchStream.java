package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * One DoGet at one node. Tells failures of the node and of the way to it, which are {@link Broken}, from those that any
 * node would answer with. A stream that is silent for too long is broken off. Used by one thread.
 */
final class BatchStream implements AutoCloseable {
    private final FlightStream stream;
    private final GridClient.Watch watch;
    private final String location;
    private final long patienceNanos;
    private volatile long waitingSinceNanos;
    private volatile boolean waiting;
    private volatile boolean silent;

    private BatchStream(GridClient client, String location, FlightStream stream) {
        this.stream = stream;
        this.location = location;
        this.patienceNanos = client.options().timeout().toNanos();
        this.watch = client.watch(this::endIfSilent);
    }

    static BatchStream open(GridClient client, String location, Ticket ticket) throws Broken {
        try {
            return new BatchStream(
                    client, location, client.flight(location).getStream(ticket, client.newFlightHeaders()));
        } catch (RuntimeException e) {
            throw Broken.of(e);
        }
    }

    /** Loads the next message, which may be one without rows. */
    boolean next() throws Broken {
        waitingSinceNanos = System.nanoTime();
        waiting = true;
        try {
            return stream.next();
        } catch (RuntimeException e) {
            if (silent) {
                throw new Broken(new GridException(
                        ErrorCode.TIMEOUT, location + " was silent for " + patienceNanos / 1_000_000 + " ms", e));
            }
            throw Broken.of(e);
        } finally {
            waiting = false;
        }
    }

    VectorSchemaRoot root() {
        return stream.getRoot();
    }

    DictionaryProvider dictionaries() {
        return stream.getDictionaryProvider();
    }

    private void endIfSilent() {
        if (waiting && !silent && System.nanoTime() - waitingSinceNanos > patienceNanos) {
            silent = true;
            stream.cancel("silent for too long", null);
        }
    }

    @Override
    public void close() {
        watch.close();
        try {
            stream.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new GridException(ErrorCode.INTERNAL, "cannot close the stream from " + location, e);
        }
    }
}
