package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.storage.file.FileWriter;
import java.util.function.Function;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Raw bytes for a file. */
final class FileTarget implements PutTarget {
    private final FileWriter writer;
    private final Function<FileStatus, PutResult> result;

    FileTarget(FileWriter writer, Function<FileStatus, PutResult> result) {
        this.writer = writer;
        this.result = result;
    }

    @Override
    public void write(VectorSchemaRoot root) {
        FieldVector column = root.getVector(0);
        if (column.getNullCount() > 0) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "the stream breaks its own schema: " + column.getNullCount() + " nulls in 'bytes: uint8 not null'");
        }
        int length = root.getRowCount();
        ArrowBuf bytes = column.getDataBuffer();
        if (bytes.capacity() < length) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "the stream breaks its own schema: a batch of " + length + " rows has " + bytes.capacity()
                            + " bytes");
        }
        if (length > 0) {
            writer.write(bytes.nioBuffer(0, length));
        }
    }

    @Override
    public PutResult commit() {
        return result.apply(writer.commit());
    }

    @Override
    public void close() {
        writer.close();
    }
}
