package io.swarmgrid.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

class LargeBuffersTest {
    private static final int MIB = 1 << 20;

    private final LargeBuffers buffers = new LargeBuffers(8 * MIB);

    @Test
    void givesTheLastOneGivenBackToTheNextWhoFitsIt() {
        ByteBuf first = buffers.take(2 * MIB + 5);
        ByteBuf second = buffers.take(2 * MIB + 5);
        buffers.giveBack(first);
        buffers.giveBack(second);

        assertThat(first.capacity()).isEqualTo(2 * MIB + MIB / 2);
        assertThat(buffers.take(2 * MIB + 1)).isSameAs(second);
        assertThat(buffers.take(2 * MIB + MIB / 2)).isSameAs(first);
        first.release();
        second.release();
    }

    @Test
    void givesNoneThatIsTooSmallOrMuchTooLarge() {
        ByteBuf kept = buffers.take(3 * MIB);
        buffers.giveBack(kept);

        ByteBuf larger = buffers.take(3 * MIB + 1);
        ByteBuf smaller = buffers.take(2 * MIB);
        assertThat(larger).isNotSameAs(kept);
        assertThat(smaller).isNotSameAs(kept);
        larger.release();
        smaller.release();
        assertThat(buffers.take(3 * MIB)).isSameAs(kept);
        kept.release();
    }

    @Test
    void keepsNoMoreThanItMay() {
        ByteBuf large = buffers.take(6 * MIB);
        ByteBuf another = buffers.take(6 * MIB);
        ByteBuf huge = buffers.take(17 * MIB);
        buffers.giveBack(large);
        buffers.giveBack(another);
        buffers.giveBack(huge);

        assertThat(large.refCnt()).isEqualTo(1);
        assertThat(another.refCnt()).isZero();
        assertThat(huge.refCnt()).isZero();
        large.release();
    }
}
