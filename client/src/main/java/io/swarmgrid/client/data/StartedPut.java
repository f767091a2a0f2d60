package io.swarmgrid.client.data;

import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/** A DoPut that a node has taken, its schema and dictionaries told. */
record StartedPut(FlightClient.ClientStreamListener stream, PutAnswer answer) {
    /** Begins at the first node that takes it. Nothing of a put stays where it is broken off, so any may be tried. */
    static StartedPut start(
            GridClient client, FlightDescriptor descriptor, VectorSchemaRoot message, DictionaryProvider dictionaries) {
        return client.anywhere("put", Repeat.READ, location -> {
            PutAnswer answer = new PutAnswer(client.options().timeout());
            FlightClient.ClientStreamListener stream = client.flight(location)
                    .startPut(descriptor, message, dictionaries, answer, client.newFlightHeaders());
            answer.awaitFirstRoom(stream);
            return new StartedPut(stream, answer);
        });
    }
}
