package io.swarmgrid.it.hadoop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystem.WriteMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.fs.hdfs.HadoopFileSystem;

/**
 * What Flink does with the file system that it keeps its checkpoints and savepoints in, and that its sources read: through its own
 * interface, which finds {@code swarm://} among Hadoop's. It prints what came of each step.
 */
final class FlinkProgram {
    private static final int LARGE_BYTES = 3_000_000;

    private FlinkProgram() {}

    /** @param arguments a directory that is not there */
    public static void main(String[] arguments) throws Exception {
        Path directory = new Path(arguments[0]);
        FileSystem files = FileSystem.get(directory.toUri());
        System.out.println(((HadoopFileSystem) FileSystem.getUnguardedFileSystem(directory.toUri()))
                        .getHadoopFileSystem()
                        .getClass()
                        .getSimpleName()
                + ", distributed " + files.isDistributedFS());

        byte[] large = new byte[LARGE_BYTES];
        new Random(7).nextBytes(large);
        Path state = new Path(directory, "chk-1/state");
        try (FSDataOutputStream out = files.create(state, WriteMode.NO_OVERWRITE)) {
            out.write(large);
            out.sync();
            System.out.println("at " + out.getPos());
        }
        FileStatus status = files.getFileStatus(state);
        System.out.println("length " + status.getLen() + ", on hosts "
                + files.getFileBlockLocations(status, 0, status.getLen())[0].getHosts().length);
        byte[] end = new byte[large.length / 2];
        try (FSDataInputStream in = files.open(state)) {
            in.seek(large.length - end.length);
            int count = in.readNBytes(end, 0, end.length);
            System.out.println("read " + count + " "
                    + Arrays.equals(end, Arrays.copyOfRange(large, large.length - end.length, large.length)));
        }
        try {
            files.create(state, WriteMode.NO_OVERWRITE).close();
            System.out.println("overwritten");
        } catch (IOException e) {
            System.out.println("refused");
        }
        Path metadata = new Path(directory, "chk-1/_metadata");
        Path inProgress = metadata.suffix(".inprogress");
        try (FSDataOutputStream out = files.create(inProgress, WriteMode.OVERWRITE)) {
            out.write("handles".getBytes(StandardCharsets.UTF_8));
        }
        System.out.println("renamed " + files.rename(inProgress, metadata));
        System.out.println("lists "
                + Stream.of(files.listStatus(metadata.getParent()))
                        .map(entry -> entry.getPath().getName())
                        .sorted()
                        .toList());
        System.out.println("removed " + files.delete(directory, true) + ", there " + files.exists(directory));
        try {
            files.createRecoverableWriter();
            System.out.println("recoverable");
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        }
    }
}
