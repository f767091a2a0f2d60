package io.swarmgrid.node.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DirectMessagesTest {
    @Test
    void theLibraryIsAsWeKnowIt() {
        assertThat(DirectMessages.isPossible()).isTrue();
    }

    @Test
    void whatIsNotDirectIsReplacedAndTheBytesStay() {
        ByteBuf head = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
        ByteBuf body = Unpooled.directBuffer().writeBytes(new byte[] {4, 5, 6, 7});
        ByteBuf padding = Unpooled.wrappedBuffer(new byte[] {0, 8, 9}).skipBytes(1);
        CompositeByteBuf message = Unpooled.compositeBuffer();
        message.addComponents(true, head, body, padding, Unpooled.EMPTY_BUFFER);
        assertThat(message.isDirect()).isFalse();

        DirectMessages.makeDirect(message);

        assertThat(message.isDirect()).isTrue();
        assertThat(ByteBufUtil.getBytes(message)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(head.refCnt()).isZero();
        assertThat(body.refCnt()).isOne();
        message.release();
        assertThat(body.refCnt()).isZero();
    }

    @Test
    void paddingsAreSharedAndOutliveTheirMessages() {
        for (int round = 0; round < 3; round++) {
            ByteBuf padding = Unpooled.wrappedBuffer(new byte[7]);
            CompositeByteBuf message = Unpooled.compositeBuffer();
            message.addComponents(
                    true, Unpooled.directBuffer().writeByte(1), padding, Unpooled.buffer(), padding.copy());

            DirectMessages.makeDirect(message);

            assertThat(message.isDirect()).isTrue();
            assertThat(padding.refCnt()).isZero();
            assertThat(ByteBufUtil.getBytes(message)).containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            assertThat(message.nioBuffers()).allMatch(ByteBuffer::isDirect);
            message.release();
        }
    }
}
