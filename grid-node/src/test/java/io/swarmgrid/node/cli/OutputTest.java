package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void tellsAnErrorInOneLineWithTheWayOut() {
        int exit = output(false).failed(GridException.notFound(GridPath.parse("/lakee"), "did you mean /lake?"));

        assertThat(exit).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("not found: /lakee (did you mean /lake?)\n");
    }

    @Test
    void tellsAnErrorAsJsonWhereAskedTo() {
        output(true).failed(GridException.notFound(GridPath.parse("/lakee"), "did you mean /lake?"));

        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("{\"error\":{\"code\":\"NOT_FOUND\",\"kind\":\"CALLER\",\"message\":\"not found: /lakee\","
                        + "\"path\":\"/lakee\",\"hint\":\"did you mean /lake?\",\"exit\":3}}\n");
    }

    @Test
    void givesEveryErrorAnExitStatusOtherThanSuccess() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ExitCode.of(code)).as(code.name()).isPositive();
        }
    }

    @Test
    void tellsOfALocalFileThatIsNotThere() {
        int exit = output(false).failed(new NoSuchFileException("model.bin"));

        assertThat(exit).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("no such local file: model.bin\n");
    }

    @Test
    void alignsTheColumnsOfATable() {
        new Table("NAME", ">SIZE")
                .row("a", "1.00 MB")
                .row("longer", "9 B")
                .print(new PrintStream(out, true, StandardCharsets.UTF_8));

        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("NAME       SIZE\na       1.00 MB\nlonger      9 B\n");
    }

    @Test
    void writesNumbersWithTheirUnits() {
        assertThat(Units.bytes(0)).isEqualTo("0 B");
        assertThat(Units.bytes(999)).isEqualTo("999 B");
        assertThat(Units.bytes(999_999)).isEqualTo("1.00 MB");
        assertThat(Units.bytes(13_493_022)).isEqualTo("13.5 MB");
        assertThat(Units.bytesPerSecond(1.234e9)).isEqualTo("1.23 GB/s");
        assertThat(Units.count(3_000_000)).isEqualTo("3,000,000");
        assertThat(Units.nanos(420_000_000)).isEqualTo("420 ms");
        assertThat(Units.nanos(125_000_000_000L)).isEqualTo("2 min 05 s");
    }

    @Test
    void showsABarOnATerminalAndClearsIt() {
        PrintStream screen = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (Progress progress = Progress.ofBytes(new Progress.Style(screen, true, 100, 0, ""), "reading", 200)) {
            progress.advance(50);
        }
        String shown = out.toString(StandardCharsets.UTF_8);
        assertThat(shown).contains("reading [######------------------]  25% 50 B of 200 B");
        assertThat(shown).endsWith("\r");
    }

    @Test
    void showsNothingOfShortWorkAndOfQuietWork() {
        PrintStream screen = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (Progress progress = Progress.ofBytes(output(true).progress(), "reading", 200)) {
            progress.advance(50);
        }
        try (Progress progress =
                Progress.ofItems(new Progress.Style(screen, false, 100, 1_000_000_000L, ""), "reading", 2, "files")) {
            progress.advance(1);
        }
        assertThat(out.size() + err.size()).isZero();
    }

    private Output output(boolean json) {
        return new Output(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                json,
                false,
                Map.of());
    }
}
