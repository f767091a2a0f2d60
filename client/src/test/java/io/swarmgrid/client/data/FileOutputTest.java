package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileOutputTest {
    private static final FilePut PUT = new FilePut("/a", null, null, null, null);
    private static final byte[] SMALL = {1, 2, 3};

    private FileDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new FileDoor();
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void putsASmallFileAgainUnderItsIdWhereTheAnswerWasLost() {
        door.answersToLose.set(1);
        try (GridClient client = client();
                FileOutput output = new FileOutput(client, PUT)) {
            output.write(SMALL, 0, SMALL.length);
            assertThat(output.commit().sizeBytes()).isEqualTo(SMALL.length);
        }
        assertThat(door.puts).hasSize(2);
        assertThat(door.puts.get(0)).isEqualTo(door.puts.get(1));
    }

    @Test
    void doesNotForgetThatAnEarlierAnswerWasLost() {
        door.answersToLose.set(1);
        door.putsToBreakAfterLoss = Integer.MAX_VALUE;

        GridException error = failure();

        assertThat(error.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
        assertThat(error).hasMessageStartingWith("may have been stored: /a: ");
        assertThat(door.stored).singleElement().isEqualTo(SMALL);
    }

    /** Of what is more than can be kept nothing is stored; what is not is put again from its beginning. */
    @ParameterizedTest
    @CsvSource({"31000000, true", "40000000, false"})
    void putsAgainAsMuchAsItKeeps(int length, boolean again) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        try (GridClient client = client();
                FileOutput output = new FileOutput(client, PUT)) {
            output.write(bytes, 0, length - 1_500_000);
            door.putsToBreak.set(1);
            ThrowingCallable rest = () -> {
                output.write(bytes, length - 1_500_000, 1_500_000);
                output.commit();
            };
            if (again) {
                assertThatCode(rest).doesNotThrowAnyException();
                assertThat(door.stored).singleElement().isEqualTo(bytes);
                assertThat(door.puts).hasSize(2);
            } else {
                assertThatThrownBy(rest).hasMessageStartingWith("nothing was stored, the put broke off after ");
                assertThat(door.stored).isEmpty();
            }
        }
    }

    /** Of a put that broke off when its beginning was not kept any more the rest must not become the file. */
    @Test
    void storesNothingOnceAWriteHasFailed() {
        byte[] bytes = new byte[40_000_000];
        try (GridClient client = client();
                FileOutput output = new FileOutput(client, PUT)) {
            output.write(bytes, 0, bytes.length);
            door.putsToBreak.set(1);
            GridException error = catchThrowableOfType(GridException.class, () -> {
                for (int i = 0; i < 100; i++) {
                    output.write(bytes, 0, 1 << 20);
                }
            });

            assertThat(error).hasMessageStartingWith("nothing was stored, the put broke off after ");
            assertThatThrownBy(output::commit).isSameAs(error);
            assertThatThrownBy(() -> output.write(bytes, 0, 1)).isSameAs(error);
        }
        assertThat(door.stored).isEmpty();
    }

    @Test
    void endsAtOnceWhereTheGridIsFull() {
        door.refusal = new GridException(ErrorCode.NO_SPACE, "no node has room");
        try (GridClient client = client();
                FileOutput output = new FileOutput(client, PUT)) {
            output.write(SMALL, 0, SMALL.length);
            GridException error = catchThrowableOfType(GridException.class, output::commit);
            assertThat(error.code()).isEqualTo(ErrorCode.NO_SPACE);
            assertThatThrownBy(output::commit).isSameAs(error);
        }
        assertThat(door.puts).hasSize(1);
    }

    /** What all writers keep is bounded: one that is beyond that puts what it has, and not a second time. */
    @ParameterizedTest
    @CsvSource({"8, true", "3, false"})
    void isPutOnceWhereAllKeepTooMuch(int leftMiB, boolean again) {
        byte[] bytes = new byte[6_000_000];
        ClientOptions options =
                ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(2)).withResendBytes(8 << 20);
        try (GridClient client = GridClient.connect(List.of(door.address()), options)) {
            long others = (8L - leftMiB) << 20;
            assertThat(client.resendBudget().take(others)).isTrue();
            try (FileOutput output = new FileOutput(client, PUT)) {
                output.write(bytes, 0, bytes.length);
                door.putsToBreak.set(1);
                if (again) {
                    assertThat(output.commit().sizeBytes()).isEqualTo(bytes.length);
                } else {
                    assertThatThrownBy(output::commit).isInstanceOf(GridException.class);
                }
            }
            assertThat(door.puts).hasSize(again ? 2 : 1);
            assertThat(client.resendBudget().leftBytes()).isEqualTo((long) leftMiB << 20);
        }
        assertThat(door.stored).hasSize(again ? 1 : 0);
    }

    private GridException failure() {
        try (GridClient client = client();
                FileOutput output = new FileOutput(client, PUT)) {
            output.write(SMALL, 0, SMALL.length);
            return catchThrowableOfType(GridException.class, output::commit);
        }
    }

    private GridClient client() {
        return GridClient.connect(List.of(door.address()), ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(2)));
    }
}
