package io.swarmgrid.node.flight;

import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.auth.CallPeer;
import io.swarmgrid.qos.ReplicaOrder;
import io.swarmgrid.qos.ReplicaOrder.Candidate;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.Location;

/** Endpoints of a FlightInfo: a ticket and the nodes to take it to, best first. Thread-safe. */
final class Endpoints {
    private final Nodes nodes;
    private final ReplicaOrder order;

    Endpoints(Nodes nodes, ReplicaOrder order) {
        this.nodes = nodes;
        this.order = order;
    }

    /** The {@code app_metadata} of an endpoint, whose fields come in the order of their names. */
    record Part(String name, long rows, long sizeBytes) {}

    /**
     * Nodes that can serve something.
     *
     * @param inDemand whether some of them have it for no other reason: then readers spread over all of them
     */
    record Places(List<Candidate> nodes, boolean inDemand) {}

    FlightEndpoint of(Tickets.Issued ticket, Part part, Places places) {
        String caller = CallPeer.host();
        List<Candidate> ordered =
                places.inDemand() ? order.spread(places.nodes(), caller) : order.order(places.nodes(), caller);
        return endpoint(
                ticket,
                Json.write(part),
                ordered.stream()
                        .map(holder -> new Location(URI.create(holder.location())))
                        .toArray(Location[]::new));
    }

    /** The same endpoint with another ticket. */
    FlightEndpoint again(Tickets.Issued ticket, FlightEndpoint endpoint) {
        return endpoint(
                ticket, endpoint.getAppMetadata(), endpoint.getLocations().toArray(Location[]::new));
    }

    /** Those of the holders that are live; every node, where bytes have no holders because they are in the metadata. */
    Places candidates(List<Holder> holders) {
        if (holders.isEmpty()) {
            return everywhere();
        }
        return new Places(
                holders.stream()
                        .filter(Holder::live)
                        .map(holder -> new Candidate(holder.node(), holder.zone(), holder.location()))
                        .toList(),
                holders.stream().anyMatch(holder -> holder.live() && !holder.counts()));
    }

    Places holding(BlockRecord block) {
        return new Places(
                block.holders().stream()
                        .filter(replica -> replica.epoch() == block.epoch())
                        .map(Replica::node)
                        .map(nodes::find)
                        .flatMap(Optional::stream)
                        .map(Endpoints::candidate)
                        .toList(),
                block.holders().stream().anyMatch(replica -> !replica.durable()));
    }

    Places everywhere() {
        return new Places(nodes.live().stream().map(Endpoints::candidate).toList(), false);
    }

    private static Candidate candidate(GridNodeInfo node) {
        return new Candidate(node.name(), node.zone(), node.location());
    }

    private static FlightEndpoint endpoint(Tickets.Issued ticket, byte[] metadata, Location... locations) {
        return FlightEndpoint.builder(ticket.ticket(), locations)
                .setExpirationTime(ticket.expires())
                .setAppMetadata(metadata)
                .build();
    }
}
