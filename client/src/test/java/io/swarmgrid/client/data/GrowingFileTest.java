package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrowingFileTest {
    private static final FilePut PUT = new FilePut("/a", null, null, null, null);

    /** Twice, since it is a resource, too. */
    private static final Consumer<GridClient> CLOSE = GridClient::close;

    private final byte[] content = new byte[9_000_001];
    private final long seed = System.nanoTime();

    private GridClient client(GrowingDoor door, Duration timeout) {
        return GridClient.connect(List.of(door.address()), ClientOptions.DEFAULT.withTimeout(timeout));
    }

    /** Every byte is there once, and all of a flush is there when it returns, whenever and how often nodes die. */
    @ParameterizedTest
    @ValueSource(ints = {0, 4_000_000})
    void goesOnAtTheByteReachedWheneverANodeDies(int meanBytesToBreak) throws IOException {
        Random random = new Random(seed);
        random.nextBytes(content);
        try (GrowingDoor door = new GrowingDoor(seed, meanBytesToBreak);
                GridClient client = client(door, Duration.ofSeconds(60));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            for (int at = 0; at < content.length; ) {
                int count = Math.min(content.length - at, random.nextInt(1, 1_500_000));
                file.write(content, at, count);
                at += count;
                if (random.nextInt(3) == 0) {
                    file.flush();
                    assertThat(door.content()).as("seed=%s", seed).isEqualTo(Arrays.copyOf(content, at));
                }
                assertThat(file.position()).as("seed=%s", seed).isEqualTo(at);
            }
            assertThat(file.commit().sizeBytes()).as("seed=%s", seed).isEqualTo(content.length);
            assertThat(door.ended()).isTrue();
            assertThat(door.content()).as("seed=%s", seed).isEqualTo(content);
            assertThat(door.breaks() > 0).as("seed=%s", seed).isEqualTo(meanBytesToBreak > 0);
        }
    }

    @Test
    void asksForTheDeviceWhereItSyncsAndNotWhereItFlushes() throws IOException {
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client = client(door, Duration.ofSeconds(60));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            file.write(content, 0, 1000);
            file.flush();
            file.write(content, 1000, 1000);
            file.sync();
            file.sync();
            file.commit();
            assertThat(door.flushesOnDevice).startsWith(false, true);
            assertThat(door.flushesOnDevice.subList(2, door.flushesOnDevice.size()))
                    .as("a further one of the same bytes")
                    .doesNotContain(false);
        }
    }

    /** What is kept to be sent again is bounded: the nodes are asked before it becomes more. */
    @Test
    void keepsNoMoreThanItsBound() throws IOException {
        byte[] piece = new byte[5_000_000];
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client = client(door, Duration.ofSeconds(60));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            door.keepSilent();
            for (int i = 0; i < 10; i++) {
                file.write(piece, 0, piece.length);
                assertThat(file.keptBytes()).isLessThanOrEqualTo(GrowingFile.KEEP_BYTES);
            }
            assertThat(file.keptBytes()).isPositive();
            file.flush();
            assertThat(file.keptBytes()).isZero();
            assertThat(file.commit().sizeBytes()).isEqualTo(50_000_000);
        }
    }

    @Test
    void doesNotGoOnWhereSomebodyElseHasTheFile() throws IOException {
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client = client(door, Duration.ofSeconds(60));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            file.write(content, 0, 1000);
            file.flush();
            door.fence();
            file.write(content, 1000, 1000);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(file::flush)
                        .hasMessageContaining("somebody else has the file")
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LEASE_LOST));
            }
        }
    }

    /** Another node does late what it was asked for, and so fences the very writer who has gone on meanwhile. */
    @Test
    void goesOnWhereItHasFencedItself() throws IOException {
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client = client(door, Duration.ofSeconds(60));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            file.write(content, 0, 1000);
            file.flush();
            door.overtake(4);
            file.write(content, 1000, 1000);
            file.flush();
            assertThat(door.content()).isEqualTo(Arrays.copyOf(content, 2000));
            assertThat(file.commit().sizeBytes()).isEqualTo(2000);
        }
    }

    /** Where nobody says whether the file was closed, and where it was somebody else's later: it may have been. */
    @ParameterizedTest
    @EnumSource(
            value = GrowingDoor.AtEnd.class,
            names = {"ALL_DIE", "TAKEN"})
    void saysThatItDoesNotKnowWhetherTheFileWasClosed(GrowingDoor.AtEnd atEnd) throws IOException {
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client = client(door, Duration.ofSeconds(1));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            file.write(content, 0, 1000);
            door.atEnd(atEnd);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(file::commit)
                        .hasMessageStartingWith("may have been closed with all 1000 bytes, no node says: /a: ")
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME));
            }
            assertThat(door.ended()).isTrue();
        }
    }

    /** All writers of a client have one bound together: beyond that each waits until the nodes have what it sent before. */
    @Test
    void keepsLittleWhereAllKeepTooMuch() throws IOException {
        byte[] piece = new byte[5_000_000];
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client =
                        GridClient.connect(List.of(door.address()), ClientOptions.DEFAULT.withResendBytes(3 << 20));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            door.keepSilent();
            for (int i = 0; i < 10; i++) {
                file.write(piece, 0, piece.length);
                assertThat(file.keptBytes()).isLessThanOrEqualTo(4 << 20);
            }
            assertThat(client.resendBudget().leftBytes()).isLessThan(3 << 20);
            file.flush();
            assertThat(client.resendBudget().leftBytes()).isEqualTo(3 << 20);
            file.write(piece, 0, piece.length);
            assertThat(client.resendBudget().take(client.resendBudget().leftBytes()))
                    .isTrue();
            file.write(piece, 0, piece.length);
            assertThat(file.keptBytes()).as("another one has the rest").isLessThanOrEqualTo(1 << 20);
            assertThat(file.commit().sizeBytes()).isEqualTo(60_000_000);
        }
    }

    @Test
    void endsAtOnceWhereItsClientIsClosed() throws IOException {
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client = client(door, Duration.ofSeconds(60));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            file.write(content, 0, 1000);
            CLOSE.accept(client);
            assertThatThrownBy(file::commit).hasMessageContaining("the client is closed");
        }
    }

    @Test
    void namesTheFileAndTheAddressesWhereItCannotGoOnInTime() throws IOException {
        try (GrowingDoor door = new GrowingDoor(seed, 0);
                GridClient client = client(door, Duration.ofMillis(500));
                GrowingFile file = GrowingFile.create(client, PUT)) {
            file.write(content, 0, 1000);
            file.flush();
            door.die();
            file.write(content, 1000, 1000);
            assertThatThrownBy(file::flush)
                    .hasMessageContaining("cannot go on writing /a, tried for ")
                    .hasMessageContaining(door.address());
        }
    }
}
