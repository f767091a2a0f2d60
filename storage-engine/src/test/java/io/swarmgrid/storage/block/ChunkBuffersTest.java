package io.swarmgrid.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.util.internal.PlatformDependent;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ChunkBuffersTest {
    private static final int KIB = 1 << 10;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(64 * KIB, Duration.ofMillis(20));

    @Test
    void givesDirectMemoryWithAnAddressAndExactlyTheRoomAskedFor() {
        ByteBuf buffer = buffers.take(5000);

        assertThat(buffer.isDirect()).isTrue();
        assertThat(buffer.hasMemoryAddress()).isTrue();
        assertThat(buffer.readableBytes()).isZero();
        assertThat(buffer.writableBytes()).isEqualTo(5000);
        assertThat(buffer.maxCapacity()).isEqualTo(5000);
        assertThat(buffers.outstandingBytes()).isEqualTo(8 * KIB);
        buffer.release();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    @Test
    void aSliceKeepsTheMemoryUntilItsLastReferenceGoes() {
        ByteBuf buffer = buffers.take(KIB);
        buffer.writeZero(KIB);
        ByteBuf part = buffer.retainedSlice(10, 20);

        buffer.release();
        assertThat(buffers.outstandingBytes()).isEqualTo(4 * KIB);
        part.release();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    @Test
    void largeOnesAreAsExactAndUsedAgain() {
        int size = (2 << 20) + 5;
        ChunkBuffers roomy = new ChunkBuffers(64L << 20);
        ByteBuf buffer = roomy.take(size);
        long address = buffer.memoryAddress();

        assertThat(buffer.capacity()).isEqualTo(size);
        assertThat(buffer.maxCapacity()).isEqualTo(size);
        buffer.writeZero(size);
        buffer.release();
        assertThat(roomy.outstandingBytes()).isZero();
        ByteBuf again = roomy.take(size + 1);
        assertThat(again.memoryAddress()).isEqualTo(address);
        assertThat(again.readableBytes()).isZero();
        assertThat(again.capacity()).isEqualTo(size + 1);
        again.release();
        roomy.close();
    }

    @Test
    void freesWhatItKeepsWhenItIsClosed() {
        long before = PlatformDependent.usedDirectMemory();
        ChunkBuffers roomy = new ChunkBuffers(64L << 20);
        ByteBuf taken = roomy.take(2 << 20);
        roomy.take(2 << 20).release();

        assertThat(PlatformDependent.usedDirectMemory()).isEqualTo(before + (4 << 20));
        roomy.close();
        assertThat(PlatformDependent.usedDirectMemory()).isEqualTo(before + (2 << 20));
        taken.writeZero(2 << 20);
        taken.release();
        assertThat(PlatformDependent.usedDirectMemory()).isEqualTo(before);
    }

    @Test
    void refusesWhenTheBoundIsReachedAndNoneComesFree() {
        ByteBuf all = buffers.take(64 * KIB);

        assertThatThrownBy(() -> buffers.take(1))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
                .hasMessageContaining("size_bytes=1")
                .hasMessageContaining("outstanding_bytes=65536 of 65536");
        all.release();
        buffers.take(1).release();
    }

    @Test
    void refusesAtOnceWhatCanNeverFit() {
        ChunkBuffers patient = new ChunkBuffers(64 * KIB, Duration.ofDays(1));

        assertThatThrownBy(() -> patient.take(64 * KIB + 1)).hasMessageContaining("no room for a buffer");
    }

    @Test
    void waitsForRoomThatComesFree() throws Exception {
        ChunkBuffers patient = new ChunkBuffers(64 * KIB, Duration.ofMinutes(1));
        ByteBuf all = patient.take(64 * KIB);
        CompletableFuture<ByteBuf> next = CompletableFuture.supplyAsync(() -> patient.take(KIB));

        assertThat(next).isNotDone();
        all.release();
        next.get(30, TimeUnit.SECONDS).release();
        assertThat(patient.outstandingBytes()).isZero();
    }

    @Test
    void givesAnEmptyBufferForNothing() {
        assertThat(buffers.take(0).capacity()).isZero();
        assertThat(buffers.outstandingBytes()).isZero();
    }
}
