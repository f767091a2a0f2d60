package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.jspecify.annotations.Nullable;

/** Record batches written out in one of several forms. Not thread-safe; closing it ends the form, not the stream. */
abstract class BatchPrinter implements AutoCloseable {
    /** Writes the first {@code rows} rows of a batch. */
    abstract void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows);

    @Override
    public void close() {}

    /** @throws GridException INVALID_ARGUMENT for a form that is none */
    static BatchPrinter of(String form, PrintStream out) {
        return switch (form) {
            case "table" -> new Columns(out);
            case "csv" -> new Csv(out);
            case "json" -> new JsonLines(out);
            case "arrow" -> new Arrow(out, false);
            case "arrow-stream" -> new Arrow(out, true);
            default ->
                throw GridException.invalid(
                        "unknown form '" + form + "' (known: table, csv, json, arrow, arrow-stream)");
        };
    }

    private static final class Columns extends BatchPrinter {
        private static final int WIDEST_CELL = 40;
        private final PrintStream out;

        Columns(PrintStream out) {
            this.out = out;
        }

        @Override
        void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows) {
            List<FieldVector> columns = batch.getFieldVectors();
            Table table = new Table(columns.stream()
                    .map(column -> (isNumber(column) ? ">" : "") + column.getName())
                    .toArray(String[]::new));
            for (int row = 0; row < rows; row++) {
                String[] cells = new String[columns.size()];
                for (int c = 0; c < cells.length; c++) {
                    String cell = String.valueOf(Values.of(columns.get(c), dictionaries, row));
                    cells[c] = cell.length() <= WIDEST_CELL ? cell : cell.substring(0, WIDEST_CELL - 3) + "...";
                }
                table.row(cells);
            }
            table.print(out);
        }

        private static boolean isNumber(FieldVector column) {
            return column.getField().getDictionary() == null
                    && switch (column.getMinorType()) {
                        case TINYINT, SMALLINT, INT, BIGINT, UINT1, UINT2, UINT4, UINT8, FLOAT4, FLOAT8, DECIMAL ->
                            true;
                        default -> false;
                    };
        }
    }

    private static final class Csv extends BatchPrinter {
        private final PrintStream out;
        private boolean begun;

        Csv(PrintStream out) {
            this.out = out;
        }

        @Override
        void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows) {
            List<FieldVector> columns = batch.getFieldVectors();
            StringBuilder text = new StringBuilder();
            if (!begun) {
                columns.forEach(column -> quoted(text, column.getName()).append(','));
                endLine(text);
                begun = true;
            }
            for (int row = 0; row < rows; row++) {
                for (FieldVector column : columns) {
                    Object value = Values.of(column, dictionaries, row);
                    // An empty text is "", so that it is not taken for null.
                    if (value != null) {
                        quoted(text, value.toString());
                    }
                    text.append(',');
                }
                endLine(text);
            }
            out.print(text);
        }

        private static void endLine(StringBuilder text) {
            text.setCharAt(text.length() - 1, '\n');
        }

        private static StringBuilder quoted(StringBuilder text, String cell) {
            boolean plain =
                    !cell.isEmpty() && cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
            return plain
                    ? text.append(cell)
                    : text.append('"').append(cell.replace("\"", "\"\"")).append('"');
        }
    }

    private static final class JsonLines extends BatchPrinter {
        private final PrintStream out;

        JsonLines(PrintStream out) {
            this.out = out;
        }

        @Override
        void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows) {
            for (int row = 0; row < rows; row++) {
                Map<String, @Nullable Object> line = new LinkedHashMap<>();
                for (FieldVector column : batch.getFieldVectors()) {
                    line.put(column.getName(), Values.forJson(Values.of(column, dictionaries, row)));
                }
                out.println(Json.text(line));
            }
        }
    }

    private static final class Arrow extends BatchPrinter {
        private final OutputStream out;
        private final boolean stream;
        private @Nullable ArrowWriter writer;

        Arrow(OutputStream out, boolean stream) {
            this.out = out;
            this.stream = stream;
        }

        @Override
        void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows) {
            try {
                ArrowWriter open = writer;
                if (open == null) {
                    open = stream
                            ? new ArrowStreamWriter(batch, dictionaries, out)
                            : new ArrowFileWriter(batch, dictionaries, java.nio.channels.Channels.newChannel(out));
                    open.start();
                    writer = open;
                }
                batch.setRowCount(rows);
                open.writeBatch();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            if (writer != null) {
                try {
                    writer.end();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
