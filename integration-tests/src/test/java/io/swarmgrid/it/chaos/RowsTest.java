package io.swarmgrid.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.it.chaos.judge.Effect;
import io.swarmgrid.it.chaos.judge.Version;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.Test;

/** What readers of datasets tell of rows that were lost, doubled or mixed up. */
class RowsTest {
    private static final int ROWS = 9_000;

    private final Rows.Seen seen = new Rows.Seen();

    @Test
    void seesWholePiecesInTheirOrder() throws IOException {
        read(7, ROWS, 0, ROWS);
        read(5, 1, 0, 1);

        assertThat(seen.effect()).isEqualTo(new Effect.Saw(new Version(List.of(7L, 5L))));
    }

    @Test
    void seesAnEndThatIsMissing() throws IOException {
        read(7, ROWS, 0, ROWS - 1);

        assertThat(seen.effect()).isInstanceOf(Effect.SawTorn.class);
    }

    @Test
    void seesABeginningThatIsMissing() throws IOException {
        read(7, ROWS, 1, ROWS);

        assertThat(seen.effect()).isInstanceOf(Effect.SawTorn.class);
    }

    @Test
    void seesRowsThatComeTwice() throws IOException {
        read(7, ROWS, 0, ROWS - 1);
        read(7, ROWS, ROWS - 2, ROWS);

        assertThat(seen.effect()).isInstanceOf(Effect.SawTorn.class);
    }

    @Test
    void seesPiecesThatAreMixed() throws IOException {
        read(7, ROWS, 0, ROWS / 2);
        read(5, 1, 0, 1);
        read(7, ROWS, ROWS / 2, ROWS);

        assertThat(seen.effect()).isInstanceOf(Effect.SawTorn.class);
    }

    @Test
    void seesADatasetWithoutARow() {
        assertThat(seen.isEmpty()).isTrue();
        assertThat(seen.effect()).isInstanceOf(Effect.SawTorn.class);
    }

    /** Shows a part of the rows of a piece. */
    private void read(long piece, int rows, int from, int to) throws IOException {
        try (ArrowReader reader = Rows.reader(piece, rows)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            for (int begin = 0; reader.loadNextBatch(); begin += root.getRowCount()) {
                int first = Math.max(0, from - begin);
                int last = Math.min(root.getRowCount(), to - begin);
                if (first < last) {
                    try (VectorSchemaRoot part = root.slice(first, last - first)) {
                        seen.take(part);
                    }
                }
            }
        }
    }
}
