package io.swarmgrid.node.demo;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/**
 * The program that the demo sends to the data: flights come in as an Arrow stream on standard input, delay statistics
 * by origin airport leave as an Arrow stream on standard output. Any language with an Arrow library could do the same.
 */
public final class DelayStats {
    private DelayStats() {}

    public static void main(String[] args) throws IOException {
        DelayStatistics statistics = new DelayStatistics();
        try (BufferAllocator allocator = new RootAllocator();
                FileInputStream in = new FileInputStream(FileDescriptor.in);
                OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out))) {
            try (ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
                while (reader.loadNextBatch()) {
                    statistics.addFlights(reader.getVectorSchemaRoot());
                }
            }
            try (VectorSchemaRoot root = VectorSchemaRoot.create(DelayStatistics.SCHEMA, allocator);
                    ArrowStreamWriter writer = new ArrowStreamWriter(root, null, out)) {
                statistics.writeTo(root);
                writer.start();
                writer.writeBatch();
                writer.end();
            }
        }
    }
}
