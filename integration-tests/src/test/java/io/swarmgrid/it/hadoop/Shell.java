package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FsShell;

/** {@code hadoop fs}, in this process. */
final class Shell {
    private final Configuration configuration;

    Shell(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * What a command that ends well prints.
     *
     * @param line its words, with blanks between them
     */
    String run(String line) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        assertThat(exit(line, said)).as(line).isZero();
        return said.toString(StandardCharsets.UTF_8);
    }

    void fails(String line) throws Exception {
        assertThat(exit(line, new ByteArrayOutputStream())).as(line).isEqualTo(1);
    }

    private int exit(String line, ByteArrayOutputStream said) throws Exception {
        PrintStream out = System.out;
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        FsShell shell = new FsShell(configuration);
        try {
            return shell.run(line.split(" ", -1));
        } finally {
            System.setOut(out);
            shell.close();
        }
    }
}
