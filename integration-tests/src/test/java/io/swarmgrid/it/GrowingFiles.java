package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.StatRequest;
import java.nio.ByteBuffer;

/**
 * Files of the Java client that are visible while they are written.
 *
 * @param reader not the client that writes
 */
record GrowingFiles(GridClient writer, GridClient reader) implements LastingWriters.Files {
    static GrowingFile create(GridClient client, String path) {
        return GrowingFile.create(client, new FilePut(path, null, null, null, null));
    }

    static FileStatus stat(GridClient client, String path) {
        return client.action("fs.stat", new StatRequest(path, null), FileStatus.class);
    }

    static byte[] read(GridClient client, FileStatus file) {
        try (FileInput input = FileInput.open(client, file)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.sizeBytes());
            while (all.hasRemaining()) {
                assertThat(input.read(all)).isPositive();
            }
            return all.array();
        }
    }

    @Override
    public LastingWriters.Output create(String path) {
        GrowingFile file = create(writer, path);
        return new LastingWriters.Output() {
            @Override
            public void write(byte[] content, int offset, int length) {
                file.write(content, offset, length);
            }

            @Override
            public void flush() {
                file.flush();
            }

            @Override
            public void commit() {
                file.commit();
            }

            @Override
            public void close() {
                file.close();
            }
        };
    }

    @Override
    public long length(String path) {
        return stat(reader, path).sizeBytes();
    }

    @Override
    public byte[] read(String path) {
        return read(reader, stat(reader, path));
    }
}
