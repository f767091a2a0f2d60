package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.node.local.JavaCommand;
import java.io.BufferedReader;
import java.time.Duration;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.awaitility.Awaitility;

/**
 * A program that writes a file and is killed.
 *
 * @param uri of the file
 * @param addresses of the nodes that it writes through
 */
record KilledClient(String uri, String addresses, String token) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** @param files that others use meanwhile, and afterwards */
    void leavesAClosedFile(FileSystem files, java.nio.file.Path scratch) throws Exception {
        Path path = new Path(uri);
        Process writer = new ProcessBuilder(JavaCommand.of(
                        LoggingWriter.class.getName(), List.of("-Xmx256m"), List.of(uri, addresses, token)))
                .redirectError(scratch.resolve("writer.log").toFile())
                .start();
        long flushed = 0;
        try (BufferedReader said = writer.inputReader()) {
            for (int i = 0; i < 20; i++) {
                flushed = LoggingWriter.flushed(said.readLine(), flushed);
            }
            assertThat(flushed).isPositive();
            assertThat(((LeaseRecoverable) files).isFileClosed(path)).isFalse();
            assertThatThrownBy(() -> files.append(path)).hasMessageContaining("somebody writes the file");
            writer.toHandle().destroyForcibly(); // and leaves what it said to be read
            writer.waitFor();
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                flushed = LoggingWriter.flushed(line, flushed);
            }
        } finally {
            writer.destroyForcibly();
        }
        Awaitility.await("it is closed").atMost(PATIENCE).until(() -> ((LeaseRecoverable) files).isFileClosed(path));
        try (FSDataOutputStream out = files.append(path)) {
            assertThat(out.getPos()).isGreaterThanOrEqualTo(flushed);
        }
        try (FSDataInputStream in = files.open(path)) {
            byte[] lines = in.readAllBytes();
            assertThat(lines.length).isGreaterThanOrEqualTo((int) flushed);
            assertThat(lines).isEqualTo(LoggingWriter.lines(lines.length));
        }
    }
}
