package io.swarmgrid.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Answers as {@code linux/fuse.h} lays them out. */
class ReplyTest {
    private static final int HEADER_BYTES = 16;
    private static final long CACHE_MS = 1_500;
    private static final int HALF_A_SECOND_NANOS = 500_000_000;

    private final Reply reply = new Reply(ByteBuffer.allocate(1_000), CACHE_MS).begin();

    @Test
    void letsNamesAndAttributesBeBelievedForAsLongAsAsked() {
        ByteBuffer answer = reply.entry(new Entry(7, attributes(9))).done(1);
        assertThat(answer.getLong(HEADER_BYTES)).isEqualTo(7);
        assertThat(answer.getLong(HEADER_BYTES + 16)).as("name, seconds").isEqualTo(1);
        assertThat(answer.getLong(HEADER_BYTES + 24)).as("attributes, seconds").isEqualTo(1);
        assertThat(answer.getInt(HEADER_BYTES + 32)).isEqualTo(HALF_A_SECOND_NANOS);
        assertThat(answer.getInt(HEADER_BYTES + 36)).isEqualTo(HALF_A_SECOND_NANOS);
        assertThat(answer.getLong(HEADER_BYTES + 40)).as("inode").isEqualTo(9);
    }

    @Test
    void asksForNoFlushOfWhatIsOnlyRead() {
        assertThat(flags(new Opened(3, true, false))).isEqualTo(Protocol.OPEN_KEEP_CACHE | Protocol.OPEN_NO_FLUSH);
        assertThat(flags(new Opened(3, false, true))).isZero();
    }

    @Test
    void tellsByTheFlagsHowAFileIsMade() {
        assertThat(Making.of(Protocol.O_EXCL | Protocol.O_TRUNC)).isEqualTo(Making.NEW);
        assertThat(Making.of(Protocol.O_TRUNC)).isEqualTo(Making.EMPTY);
        assertThat(Making.of(0)).isEqualTo(Making.UNLESS_THERE);
    }

    private int flags(Opened opened) {
        return reply.begin().opened(opened).done(1).getInt(HEADER_BYTES + 8);
    }

    private static Attributes attributes(long inode) {
        return new Attributes(inode, 0, Attributes.FILE | 0644, 0, 0, 0);
    }
}
