package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingRow;
import io.swarmgrid.client.wire.MetadataCheckResult.MiscountedQuota;
import io.swarmgrid.client.wire.MetadataCheckResult.PartitionCopy;
import io.swarmgrid.client.wire.MetadataCheckResult.RowCopy;
import io.swarmgrid.client.wire.RecoverResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code swarm grid check}, with the answers of a grid of 128 partitions. */
class CheckMetadataCommandTest {
    private static final DifferingPartition DIFFERING = new DifferingPartition(
            5, List.of(new PartitionCopy("n1", 12_000, 4_100, "1a"), new PartitionCopy("n2", 12_000, 4_099, "2b")));
    private static final String DIFFERING_LINE =
            "partition 5: n1 4,100 rows after 12,000 changes (1a), n2 4,099 rows after 12,000 changes (2b)\n";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private NamespaceDoor door;

    @BeforeEach
    void open() throws IOException {
        door = new NamespaceDoor();
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void asksAfterTheRunUntilItHasEnded() {
        door.checks(
                result(RecoverResult.RUNNING, "begins", 0),
                result(RecoverResult.RUNNING, "compares copies", 64),
                result(RecoverResult.DONE, "ended", 128));

        assertThat(run("grid", "check")).isEqualTo(ExitCode.OK);

        assertThat(text(out)).isEqualTo("9,000 rows of metadata in 128 partitions: the copies are alike\n");
        assertThat(door.askedForChecks())
                .containsExactly(
                        new MetadataCheckRequest(null, null),
                        new MetadataCheckRequest(null, "r1"),
                        new MetadataCheckRequest(null, "r1"));
    }

    @Test
    void tellsWhatDiffersAndWhatToDo() {
        door.checks(result(128, List.of(DIFFERING), 0, 0, List.of()));

        assertThat(run("grid", "check")).isEqualTo(ExitCode.CORRUPT);

        assertThat(text(out)).isEqualTo(DIFFERING_LINE + """
                        9,000 rows of metadata in 128 partitions: 1 partitions DIFFER
                        swarm grid check --repair gives all copies what most of them have, and removes nothing
                        """);
    }

    @Test
    void tellsWhatItLeftAsItIs() {
        List<RowCopy> copies = List.of(new RowCopy("n1", "ff0a"), new RowCopy("n2", null));
        List<DifferingRow> rows = List.of(
                new DifferingRow(5, "dentries", "1f/model.bin", copies), new DifferingRow(5, "inodes", "2c", copies));
        door.checks(result(128, List.of(DIFFERING), 1, 2_002, rows));

        assertThat(run("grid", "check", "--repair")).isEqualTo(ExitCode.CORRUPT);

        assertThat(text(out)).isEqualTo(DIFFERING_LINE + """
                        partition 5, dentries 1f/model.bin: n1 has ff0a, n2 lacks it
                        partition 5, inodes 2c: n1 has ff0a, n2 lacks it
                        ... and 2,000 more rows
                        9,000 rows of metadata in 128 partitions: 1 partitions DIFFER, 1 repaired, 2,002 rows left as they \
                        are: no value of theirs is in most of the copies
                        """);
        assertThat(door.askedForChecks()).containsExactly(new MetadataCheckRequest(true, null));
    }

    @Test
    void tellsWhichQuotasAreOff() {
        List<MiscountedQuota> quotas =
                List.of(new MiscountedQuota("/q", 2_000_000, -2), new MiscountedQuota("/r", 0, 1_000));
        MetadataCheckResult done = result(RecoverResult.DONE, "ended", 128);
        door.checks(done.counting(quotas, 0), done.counting(List.of(), 2));

        assertThat(run("grid", "check")).isEqualTo(ExitCode.CORRUPT);
        assertThat(text(out)).isEqualTo("""
                        quota of /q: counts 2.00 MB too many and 2 entries too few
                        quota of /r: counts 1,000 entries too many
                        9,000 rows of metadata in 128 partitions: the copies are alike, 2 quotas are OFF
                        swarm grid check --repair has these quotas counted anew
                        """);
        out.reset();

        assertThat(run("grid", "check", "--repair")).isEqualTo(ExitCode.OK);
        assertThat(text(out))
                .isEqualTo(
                        "9,000 rows of metadata in 128 partitions: the copies are alike, 2 quotas are counted anew\n");
    }

    @Test
    void saysToComeAgainWhereSomeCouldNotBeCompared() {
        door.checks(result(RecoverResult.DONE, "ended", 126));

        assertThat(run("grid", "check")).isEqualTo(ExitCode.RETRY);

        assertThat(text(out))
                .isEqualTo(
                        "9,000 rows of metadata in 128 partitions: the copies are alike, 2 went on changing or are on"
                                + " no node\n");
    }

    @Test
    void fails() {
        door.checks(result(RecoverResult.FAILED, "nodes left the grid meanwhile", 30));

        assertThat(run("grid", "check")).isEqualTo(ExitCode.FAILED);

        assertThat(text(out)).isEqualTo("check failed: nodes left the grid meanwhile\n");
    }

    @Test
    void answersMachines() {
        MetadataCheckResult found = result(128, List.of(DIFFERING), 0, 0, List.of());
        door.checks(found);

        assertThat(run("grid", "check", "--json")).isEqualTo(ExitCode.CORRUPT);

        assertThat(Json.read(out.toByteArray(), MetadataCheckResult.class)).isEqualTo(found);
        assertThat(text(err)).isEmpty();
    }

    private static MetadataCheckResult result(String state, String phase, int compared) {
        return new MetadataCheckResult("r1", state, phase, 128, compared, 9_000, List.of(), 0, 0, List.of());
    }

    private static MetadataCheckResult result(
            int compared, List<DifferingPartition> differing, int repaired, long leftRows, List<DifferingRow> rows) {
        return new MetadataCheckResult(
                "r1", RecoverResult.DONE, "ended", 128, compared, 9_000, differing, repaired, leftRows, rows);
    }

    private int run(String... words) {
        return Main.run(words, stream(out), stream(err), Map.of("SWARM_GRID", door.address()));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
