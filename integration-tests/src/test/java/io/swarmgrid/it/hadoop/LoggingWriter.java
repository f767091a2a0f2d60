package io.swarmgrid.it.hadoop;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A program that writes lines without an end, by Hadoop's calls, and says after each flush how many of its bytes must stay. */
final class LoggingWriter {
    private static final String FLUSHED = "flushed ";
    private static final int LINE_BYTES = 100_000;

    private LoggingWriter() {}

    /** What a line that it printed says is flushed; as before where it says something else. */
    static long flushed(String line, long before) {
        return line.startsWith(FLUSHED) ? Long.parseLong(line.substring(FLUSHED.length())) : before;
    }

    /** The beginning of each file that this writes: all bytes of a line are its number. */
    static byte[] lines(int length) {
        byte[] lines = new byte[length];
        for (int at = 0; at < length; at++) {
            lines[at] = (byte) (at / LINE_BYTES);
        }
        return lines;
    }

    /** @param arguments the file's URI, the addresses of nodes, and a token */
    public static void main(String[] arguments) throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.swarm.addresses", arguments[1]);
        configuration.set("fs.swarm.token", arguments[2]);
        try (FileSystem files = FileSystem.newInstance(URI.create(arguments[0]), configuration);
                FSDataOutputStream out = files.create(new Path(arguments[0]))) {
            byte[] line = new byte[LINE_BYTES];
            for (int number = 0; ; number++) {
                Arrays.fill(line, (byte) number);
                out.write(line);
                out.hflush();
                System.out.println(FLUSHED + out.getPos());
            }
        }
    }
}
