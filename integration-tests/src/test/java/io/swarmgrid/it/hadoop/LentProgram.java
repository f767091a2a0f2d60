package io.swarmgrid.it.hadoop;

import java.net.URI;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A program of a user with the one jar: reads a little of a file, kills all nodes, and reads on. */
final class LentProgram {
    private static final int LITTLE = 100;

    private LentProgram() {}

    /** @param arguments the file, and the processes of all nodes */
    public static void main(String[] arguments) throws Exception {
        Path path = new Path(arguments[0]);
        try (FileSystem files = FileSystem.newInstance(URI.create(arguments[0]), new Configuration())) {
            byte[] bytes = new byte[(int) files.getFileStatus(path).getLen()];
            try (FSDataInputStream in = files.open(path)) {
                in.readFully(bytes, 0, LITTLE);
                for (String pid : Arrays.copyOfRange(arguments, 1, arguments.length)) {
                    ProcessHandle node = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
                    node.destroyForcibly();
                    node.onExit().get();
                }
                in.readFully(bytes, LITTLE, bytes.length - LITTLE);
                in.readFully(bytes.length / 2, bytes, bytes.length / 2, LITTLE);
            }
            CRC32C sum = new CRC32C();
            sum.update(bytes);
            System.out.println(bytes.length + " " + sum.getValue());
        }
    }
}
