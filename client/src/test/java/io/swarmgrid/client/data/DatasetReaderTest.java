package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.Door;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.DatasetRead;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatasetReaderTest {
    private static final DatasetRead FLIGHTS = new DatasetRead("/datasets/flights", null, null);

    private DatasetDoor door;
    private DatasetDoor other;
    private GridClient client;

    @BeforeEach
    void open() throws IOException {
        door = new DatasetDoor();
        other = new DatasetDoor();
        door.locations = List.of(door.location(), other.location());
        client = GridClient.connect(
                List.of(door.address()), ClientOptions.DEFAULT.withTimeout(Duration.ofMillis(1_500)));
    }

    @AfterEach
    void close() {
        client.close();
        door.close();
        other.close();
    }

    @Test
    void readsPartsInOrder() throws IOException {
        rows(250, 0, 50);
        DatasetReader reader = DatasetReader.open(client, FLIGHTS);

        assertThat(reader.rows()).isEqualTo(300);
        assertThat(reader.sizeBytes()).isEqualTo(2_400);
        assertThat(reader.schema()).isEqualTo(DatasetDoor.SCHEMA);
        assertThat(reader.parts()).extracting(DatasetPart::name).containsExactly("part-0", "part-1", "part-2");
        assertThat(inOrder(reader)).isEqualTo(upTo(300));
    }

    @Test
    void readsPartsInParallel() throws IOException {
        rows(250, 250, 250, 250);
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());

        DatasetReader.open(client, FLIGHTS).readParallel(3, batch -> seen.addAll(values(batch)));

        assertThat(seen).containsExactlyInAnyOrderElementsOf(upTo(1_000));
    }

    @Test
    void goesOnAtTheNextLocationWhereOneBreaksOff() throws IOException {
        door.faults.add(new DatasetDoor.Fault(500, Door.brokenConnection()));

        assertThat(inOrder(DatasetReader.open(client, FLIGHTS))).isEqualTo(upTo(1_000));
        assertThat(other.tickets).containsExactly("0@1");
    }

    @Test
    void goesOnInTheMiddleOfABatchWhereTheOtherNodeCutsThemDifferently() throws IOException {
        other.batchRows = 70;
        door.faults.add(new DatasetDoor.Fault(300, Door.brokenConnection()));

        assertThat(inOrder(DatasetReader.open(client, FLIGHTS))).isEqualTo(upTo(1_000));
    }

    @Test
    void goesOnWhereANodeIsKilled() throws IOException {
        rows(200_000);
        try (CutProxy dying = new CutProxy(portOf(door), 600_000)) {
            door.locations = List.of("grpc://" + dying.address(), other.location());

            assertThat(inOrder(DatasetReader.open(client, FLIGHTS))).isEqualTo(upTo(200_000));
            assertThat(dying.wasCut()).isTrue();
        }
        assertThat(other.tickets).hasSize(1);
    }

    @Test
    void goesOnWhereANodeFallsSilent() throws IOException {
        door.hang = true;
        door.faults.add(new DatasetDoor.Fault(500, Door.brokenConnection()));

        assertThat(inOrder(DatasetReader.open(client, FLIGHTS))).isEqualTo(upTo(1_000));
    }

    @Test
    void goesOnWhereACopyIsDamaged() throws IOException {
        door.faults.add(new DatasetDoor.Fault(
                500, new GridException(ErrorCode.CORRUPT_DATA, "checksum of block 7 does not hold")));

        assertThat(inOrder(DatasetReader.open(client, FLIGHTS))).isEqualTo(upTo(1_000));
    }

    @Test
    void asksAgainWhereTheTicketExpired() throws IOException {
        door.faults.add(new DatasetDoor.Fault(500, new GridException(ErrorCode.TICKET_EXPIRED, "ticket expired")));

        assertThat(inOrder(DatasetReader.open(client, FLIGHTS))).isEqualTo(upTo(1_000));
        assertThat(door.tickets).containsExactly("0@1", "0@2");
        assertThat(other.tickets).isEmpty();
    }

    @Test
    void asksForNewLocationsWhereAllHaveFailed() throws IOException {
        door.locations = List.of("grpc://127.0.0.1:1");
        DatasetReader reader = DatasetReader.open(client, FLIGHTS);
        door.locations = List.of(other.location());

        assertThat(inOrder(reader)).isEqualTo(upTo(1_000));
    }

    @Test
    void doesNotGoOnWithAnotherVersionOfTheDataset() {
        door.faults.add(new DatasetDoor.Fault(500, new GridException(ErrorCode.TICKET_EXPIRED, "ticket expired")));
        DatasetReader reader = DatasetReader.open(client, FLIGHTS);
        door.name = "rewritten";

        assertThatThrownBy(() -> inOrder(reader))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessageContaining("/datasets/flights");
    }

    @Test
    void doesNotRepeatWhatAnyNodeWouldRefuse() {
        door.faults.add(new DatasetDoor.Fault(0, new GridException(ErrorCode.BAD_TICKET, "of another grid")));

        assertThatThrownBy(() -> inOrder(DatasetReader.open(client, FLIGHTS)))
                .isInstanceOf(GridException.class)
                .hasMessage("of another grid");
        assertThat(other.tickets).isEmpty();
    }

    @Test
    void takesAShortStreamForDamage() throws IOException {
        // The second node has all the rows, the first one only half of what it announced.
        rows(1_000);
        DatasetReader reader = DatasetReader.open(client, FLIGHTS);
        door.rowsOfParts = List.of(500L);

        assertThat(inOrder(reader)).isEqualTo(upTo(1_000));
    }

    @Test
    void givesUpAfterItsPatienceAndSaysWhere() {
        door.locations = List.of("grpc://127.0.0.1:1");

        assertThatThrownBy(() -> inOrder(DatasetReader.open(client, FLIGHTS)))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessage("cannot read on: /datasets/flights, part 0, after row 0;"
                        + " grpc://127.0.0.1:1: connection refused");
    }

    @Test
    void handsOnWhatItsConsumerThrows() {
        IOException full = new IOException("disk full");

        assertThatThrownBy(() -> DatasetReader.open(client, FLIGHTS).readInOrder(batch -> {
                    throw full;
                }))
                .isSameAs(full);
        assertThatThrownBy(() -> DatasetReader.open(client, FLIGHTS).readParallel(2, batch -> {
                    throw full;
                }))
                .isSameAs(full);
        assertThat(other.tickets).isEmpty();
    }

    @Test
    void stopsWhereItsConsumerHasEnough() throws IOException {
        rows(500, 500);
        List<Long> seen = new ArrayList<>();

        DatasetReader.open(client, FLIGHTS).readInOrder(batch -> {
            seen.addAll(values(batch));
            return seen.size() < 200;
        });

        assertThat(seen).isEqualTo(upTo(200));
        assertThat(door.tickets).hasSize(1);
    }

    private void rows(long... parts) {
        door.rowsOfParts = LongStream.of(parts).boxed().toList();
        other.rowsOfParts = door.rowsOfParts;
    }

    private static List<Long> inOrder(DatasetReader reader) throws IOException {
        List<Long> seen = new ArrayList<>();
        reader.readInOrder(batch -> seen.addAll(values(batch)));
        return seen;
    }

    private static List<Long> values(Batch batch) {
        BigIntVector column = (BigIntVector) batch.root().getVector(0);
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < batch.root().getRowCount(); i++) {
            values.add(column.get(i));
        }
        return values;
    }

    private static List<Long> upTo(long end) {
        return LongStream.range(0, end).boxed().toList();
    }

    private static int portOf(Door door) {
        return Integer.parseInt(door.address().substring("127.0.0.1:".length()));
    }
}
