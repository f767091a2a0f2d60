package io.swarmgrid.node.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.dataset.PartitionFormat;
import io.swarmgrid.storage.dataset.PartitionRead;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final PartitionRead ROWS =
            new PartitionRead(7, 3, "part-00001.arrow", 10, 90, 4096, List.of("a"), PartitionFormat.ARROW);
    private static final byte[] SECRET = "a secret of thirty-two bytes ...".getBytes(StandardCharsets.UTF_8);

    private final Tickets tickets = tickets("grid-1", SECRET, NOW);

    @Test
    void opensOnEveryNodeOfTheGridWhatOneNodeIssued() {
        Tickets.Issued issued = tickets.issue(ROWS);
        assertThat(issued.expires()).isEqualTo(NOW.plusSeconds(600));
        Tickets.Content content =
                tickets("grid-1", SECRET, NOW).open(issued.ticket().getBytes());
        assertThat(content.rows()).isEqualTo(ROWS);
        assertThat(content.bytes()).isNull();
    }

    @Test
    void carriesARangeOfAFile() {
        Tickets.ByteRead read = new Tickets.ByteRead(7, 3, "model.bin", 1L << 40, 5, null);
        assertThat(tickets.open(tickets.issue(read).ticket().getBytes()).bytes())
                .isEqualTo(read);
    }

    @Test
    void refusesAnyBitThatWasChanged() {
        byte[] ticket = tickets.issue(ROWS).ticket().getBytes();
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] changed = ticket.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            assertRefused(changed, ErrorCode.BAD_TICKET, "bad ticket: ", "seed=" + seed);
        }
    }

    @Test
    void refusesWhatIsNoTicket() {
        for (byte[] each : List.of(new byte[0], new byte[3], new byte[200], "hello".getBytes(StandardCharsets.UTF_8))) {
            assertRefused(each, ErrorCode.BAD_TICKET, "bad ticket: it is none of SwarmGrid's", "");
        }
        byte[] ticket = tickets.issue(ROWS).ticket().getBytes();
        byte[] cut = Arrays.copyOf(ticket, ticket.length - 1);
        assertRefused(cut, ErrorCode.BAD_TICKET, "bad ticket: ", "");
    }

    @Test
    void saysThatATicketIsOfAnotherGrid() {
        byte[] other = tickets("grid-2", new byte[32], NOW).issue(ROWS).ticket().getBytes();
        assertRefused(other, ErrorCode.BAD_TICKET, "bad ticket: it is of another grid", "");
    }

    @Test
    void refusesAForgeryInTheNameOfThisGrid() {
        byte[] forged =
                tickets("grid-1", new byte[32], NOW).issue(ROWS).ticket().getBytes();
        assertRefused(forged, ErrorCode.BAD_TICKET, "bad ticket: its signature does not fit", "");
    }

    @Test
    void expiresAndIsRenewedInTime() {
        byte[] ticket = tickets.issue(ROWS).ticket().getBytes();
        Tickets later = tickets("grid-1", SECRET, NOW.plusSeconds(599));
        Tickets.Issued renewed = later.renew(ticket);
        assertThat(renewed.expires()).isEqualTo(NOW.plusSeconds(1199));
        Tickets tooLate = tickets("grid-1", SECRET, NOW.plusSeconds(601));
        assertThat(tooLate.open(renewed.ticket().getBytes()).rows()).isEqualTo(ROWS);
        assertThatThrownBy(() -> tooLate.open(ticket))
                .hasMessage("ticket expired 1000 ms ago")
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TICKET_EXPIRED));
    }

    private void assertRefused(byte[] ticket, ErrorCode code, String message, String about) {
        assertThatThrownBy(() -> tickets.open(ticket))
                .as(about)
                .hasMessageStartingWith(message)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Tickets tickets(String grid, byte[] secret, Instant now) {
        return new Tickets(grid, secret, Duration.ofMinutes(10), Clock.fixed(now, ZoneOffset.UTC));
    }
}
