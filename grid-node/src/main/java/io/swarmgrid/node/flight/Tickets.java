package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.auth.Digests;
import io.swarmgrid.storage.dataset.PartitionRead;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.arrow.flight.Ticket;
import org.jspecify.annotations.Nullable;

/**
 * Tickets: what a DoGet reads, signed with the grid's secret, so that every node of the grid takes what any of them made. A
 * ticket is {@code SG1}, the JSON of its {@link Content}, and the HMAC-SHA256 of both. Immutable.
 */
final class Tickets {
    private static final byte[] MAGIC = {'S', 'G', '1'};
    private static final int MAC_BYTES = 32;
    private static final int MAX_BYTES = 4 << 20;

    private final String gridId;
    private final byte[] secret;
    private final Duration lifetime;
    private final Clock clock;

    Tickets(String gridId, byte[] gridSecret, Duration lifetime, Clock clock) {
        this.gridId = gridId;
        this.secret = gridSecret.clone();
        this.lifetime = lifetime;
        this.clock = clock;
    }

    /** What is read: rows of a dataset's partition, or bytes of a file. Exactly one of them is there. */
    record Content(
            String grid,
            long expiresMs,
            @Nullable PartitionRead rows,
            @Nullable ByteRead bytes) {}

    /**
     * A range of one version of a file.
     *
     * @param path of what lies in an outer store, whose identity alone leads nowhere; null for the grid's own
     */
    record ByteRead(
            long fileId,
            long version,
            String name,
            long offset,
            long lengthBytes,
            @Nullable String path) {
        ByteRead {
            if (offset < 0 || lengthBytes < 0) {
                throw GridException.invalid("bad range: offset=" + offset + ", length_bytes=" + lengthBytes);
            }
        }
    }

    /** A ticket as it goes out, and until when it is good. */
    record Issued(Ticket ticket, Instant expires) {}

    Issued issue(PartitionRead rows) {
        return sign(rows, null);
    }

    Issued issue(ByteRead bytes) {
        return sign(null, bytes);
    }

    /** The same ticket with a new expiry. BAD_TICKET and TICKET_EXPIRED as {@link #open}. */
    Issued renew(byte[] ticket) {
        Content content = open(ticket);
        return sign(content.rows(), content.bytes());
    }

    /** @throws GridException BAD_TICKET, TICKET_EXPIRED */
    Content open(byte[] ticket) {
        int end = ticket.length - MAC_BYTES;
        if (end <= MAGIC.length || ticket.length > MAX_BYTES || !startsWithMagic(ticket)) {
            throw bad("it is none of SwarmGrid's", null);
        }
        Content content = parse(Arrays.copyOfRange(ticket, MAGIC.length, end));
        if (!content.grid().equals(gridId)) {
            throw bad("it is of another grid", "ask this grid for it: GetFlightInfo");
        }
        byte[] signature = Arrays.copyOfRange(ticket, end, ticket.length);
        if (!MessageDigest.isEqual(signature, Digests.hmac(secret, ticket, 0, end))) {
            throw bad("its signature does not fit", "ask for a new one: GetFlightInfo");
        }
        long lateMs = clock.millis() - content.expiresMs();
        if (lateMs > 0) {
            throw new GridException(
                    ErrorCode.TICKET_EXPIRED,
                    "ticket expired " + lateMs + " ms ago",
                    null,
                    "ask for a new one (GetFlightInfo), or extend it in time (RenewFlightEndpoint)",
                    null);
        }
        return content;
    }

    private Issued sign(@Nullable PartitionRead rows, @Nullable ByteRead bytes) {
        long expiresMs = clock.millis() + lifetime.toMillis();
        byte[] json = Json.write(new Content(gridId, expiresMs, rows, bytes));
        int end = MAGIC.length + json.length;
        byte[] ticket = new byte[end + MAC_BYTES];
        System.arraycopy(MAGIC, 0, ticket, 0, MAGIC.length);
        System.arraycopy(json, 0, ticket, MAGIC.length, json.length);
        System.arraycopy(Digests.hmac(secret, ticket, 0, end), 0, ticket, end, MAC_BYTES);
        return new Issued(new Ticket(ticket), Instant.ofEpochMilli(expiresMs));
    }

    private static Content parse(byte[] json) {
        Content content;
        try {
            content = Json.read(json, Content.class);
        } catch (GridException e) {
            throw bad("it is malformed", null);
        }
        if (content == null || content.grid() == null || (content.rows() == null) == (content.bytes() == null)) {
            throw bad("it is malformed", null);
        }
        return content;
    }

    private static boolean startsWithMagic(byte[] ticket) {
        return Arrays.equals(ticket, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    private static GridException bad(String why, @Nullable String hint) {
        return new GridException(ErrorCode.BAD_TICKET, "bad ticket: " + why, null, hint, null);
    }
}
