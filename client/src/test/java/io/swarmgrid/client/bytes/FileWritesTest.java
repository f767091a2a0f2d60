package io.swarmgrid.client.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWritesTest {
    @TempDir
    private Path directory;

    @Test
    void writesAllThatRemainsAtItsPlace() throws IOException {
        SplittableRandom random = new SplittableRandom(11);
        byte[] content = new byte[3 << 20];
        random.nextBytes(content);
        Path file = directory.resolve("file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            int at = 0;
            while (at < content.length) {
                int length = Math.min(content.length - at, random.nextInt(1 << 20) + 1);
                ByteBuffer bytes = ByteBuffer.allocateDirect(length + 10)
                        .position(4)
                        .put(content, at, length)
                        .limit(length + 4)
                        .position(4);
                FileWrites.fully(channel, bytes, at);
                assertThat(bytes.hasRemaining()).isFalse();
                assertThat(bytes.limit()).isEqualTo(length + 4);
                at += length;
            }
            FileWrites.fully(channel, ByteBuffer.allocate(0), 17);
        }
        assertThat(Arrays.equals(Files.readAllBytes(file), content)).isTrue();
    }
}
