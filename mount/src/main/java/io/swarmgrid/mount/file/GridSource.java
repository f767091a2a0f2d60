package io.swarmgrid.mount.file;

import io.swarmgrid.client.data.FileInput;
import java.nio.ByteBuffer;

/** The bytes of one file as it was opened in the grid. */
record GridSource(FileInput file) implements AheadInput.Source {
    @Override
    public long sizeBytes() {
        return file.file().sizeBytes();
    }

    @Override
    public boolean isHere(long position) {
        return file.isHere(position);
    }

    @Override
    public void readAt(long from, ByteBuffer target) {
        file.readAt(from, target);
    }

    @Override
    public void close() {
        file.close();
    }
}
