package io.swarmgrid.bench;

import io.swarmgrid.node.bench.worker.Content;
import io.swarmgrid.node.bench.worker.Store;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileRange;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.functional.FutureIO;

/** Any file system of Hadoop, by the calls that all of them have. */
final class HadoopStore implements Store {
    private static final int BUFFER_BYTES = 1 << 20;

    private final FileSystem files;

    HadoopStore(URI uri, Configuration configuration) throws IOException {
        this.files = FileSystem.newInstance(uri, configuration);
    }

    /** HDFS's hsync is about the block that is being written; SYNC_BLOCK has those before it on the device, too. */
    @Override
    public void writeDurably(String path, int replicas, Content content) throws IOException {
        Path file = new Path(path);
        EnumSet<CreateFlag> flags = EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE, CreateFlag.SYNC_BLOCK);
        FsPermission permission = FsPermission.getFileDefault().applyUMask(FsPermission.getUMask(files.getConf()));
        try (FSDataOutputStream output = files.create(
                file, permission, flags, BUFFER_BYTES, (short) replicas, files.getDefaultBlockSize(file), null)) {
            content.writeTo(output::write);
            output.hsync();
        }
    }

    @Override
    public void writeSmall(String path, byte[] content) throws IOException {
        try (FSDataOutputStream output = files.create(new Path(path), true)) {
            output.write(content, 0, content.length);
        }
    }

    @Override
    public Reader open(String path) throws IOException {
        FSDataInputStream input = files.open(new Path(path));
        return new Reader() {
            @Override
            public int read(byte[] target) throws IOException {
                return input.read(target, 0, target.length);
            }

            @Override
            public void readAt(long from, byte[] target) throws IOException {
                input.readFully(from, target);
            }

            @Override
            public void readRanges(long[] places, byte[][] targets) throws IOException {
                List<FileRange> ranges = new ArrayList<>();
                for (int i = 0; i < places.length; i++) {
                    ranges.add(FileRange.createFileRange(places[i], targets[i].length));
                }
                input.readVectored(ranges, ByteBuffer::allocate);
                for (FileRange range : ranges) {
                    FutureIO.awaitFuture(range.getData());
                }
            }

            @Override
            public void close() throws IOException {
                input.close();
            }
        };
    }

    @Override
    public long scan(String path, List<String> columns) throws IOException {
        return new ColumnScan(files, new Path(path), columns).run();
    }

    @Override
    public long sizeBytes(String path) throws IOException {
        return files.getFileStatus(new Path(path)).getLen();
    }

    @Override
    public long list(String directory) throws IOException {
        return files.listStatus(new Path(directory)).length;
    }

    @Override
    public void makeDirectories(String directory) throws IOException {
        if (!files.mkdirs(new Path(directory))) {
            throw new IOException("not made: " + directory);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        if (!files.rename(new Path(from), new Path(to))) {
            throw new IOException("not renamed: " + from + " to " + to);
        }
    }

    @Override
    public void remove(String file) throws IOException {
        if (!files.delete(new Path(file), false)) {
            throw new FileNotFoundException("not removed: " + file);
        }
    }

    @Override
    public void removeTree(String directory) throws IOException {
        files.delete(new Path(directory), true);
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
