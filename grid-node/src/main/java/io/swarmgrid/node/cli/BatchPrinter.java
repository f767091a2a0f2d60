package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Record batches written out in one of several forms. Not thread-safe; closing it ends the form, not the stream. */
abstract class BatchPrinter implements AutoCloseable {
    /**
     * Begins, also where no batch will come.
     *
     * @param schema as it is on the wire
     */
    abstract void begin(Schema schema);

    /** Writes the first {@code rows} rows of a batch; each may come with a root of its own. */
    abstract void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows);

    @Override
    public void close() {}

    /** @throws GridException INVALID_ARGUMENT for a form that is none */
    static BatchPrinter of(String form, PrintStream out, BufferAllocator allocator) {
        return switch (form) {
            case "table" -> new Columns(out);
            case "csv" -> new Csv(out);
            case "json" -> new JsonLines(out);
            case "arrow" -> new ArrowPrinter(out, false, allocator);
            case "arrow-stream" -> new ArrowPrinter(out, true, allocator);
            default ->
                throw GridException.invalid(
                        "unknown form '" + form + "' (known: table, csv, json, arrow, arrow-stream)");
        };
    }

    private static final class Columns extends BatchPrinter {
        private static final int WIDEST_CELL = 40;
        private final PrintStream out;
        /** As the first batch has them, so that what follows stands below it. */
        private int @Nullable [] widths;

        Columns(PrintStream out) {
            this.out = out;
        }

        @Override
        void begin(Schema schema) {}

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
            if (widths == null) {
                widths = table.widths();
                table.print(out);
            } else {
                table.printRows(out, widths);
            }
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

        Csv(PrintStream out) {
            this.out = out;
        }

        @Override
        void begin(Schema schema) {
            StringBuilder text = new StringBuilder();
            schema.getFields().forEach(column -> quoted(text, column.getName()).append(','));
            endLine(text);
            out.print(text);
        }

        @Override
        void print(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows) {
            List<FieldVector> columns = batch.getFieldVectors();
            StringBuilder text = new StringBuilder();
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
            text.setLength(Math.max(0, text.length() - 1));
            text.append('\n');
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
        void begin(Schema schema) {}

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
}
