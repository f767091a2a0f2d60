package io.swarmgrid.it.hadoop;

import io.swarmgrid.it.LastingWriters;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Files as Hadoop's programs write them.
 *
 * @param reading not the one that writes
 */
record HadoopFiles(FileSystem writing, FileSystem reading) implements LastingWriters.Files {
    @Override
    public LastingWriters.Output create(String path) throws IOException {
        FSDataOutputStream out = writing.create(new Path(path));
        return new LastingWriters.Output() {
            @Override
            public void write(byte[] content, int offset, int length) throws IOException {
                out.write(content, offset, length);
            }

            @Override
            public void flush() throws IOException {
                out.hflush();
            }

            @Override
            public void commit() throws IOException {
                out.close();
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    @Override
    public long length(String path) throws IOException {
        return reading.getFileStatus(new Path(path)).getLen();
    }

    @Override
    public byte[] read(String path) throws IOException {
        try (FSDataInputStream in = reading.open(new Path(path))) {
            return in.readAllBytes();
        }
    }
}
