package io.swarmgrid.node.demo;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Delays by origin airport: gathered from flights, written as a small table, and merged from such tables. */
final class DelayStatistics {
    /** Arrivals this late count as late, as the Bureau of Transportation Statistics has it. */
    static final int LATE_MINUTES = 15;

    private static final Field ORIGIN = new Field("origin", FieldType.notNullable(ArrowType.Utf8.INSTANCE), null);
    static final Schema SCHEMA = new Schema(List.of(
            ORIGIN,
            number("flights"),
            number("delay_sum_minutes"),
            number("delay_min_minutes"),
            number("delay_max_minutes"),
            number("late_flights")));

    /** One airport; {@code sumMinutes} and the others speak of flights whose delay is known. */
    record Airport(long flights, long sumMinutes, long minMinutes, long maxMinutes, long late) {
        Airport plus(Airport other) {
            return new Airport(
                    flights + other.flights,
                    sumMinutes + other.sumMinutes,
                    Math.min(minMinutes, other.minMinutes),
                    Math.max(maxMinutes, other.maxMinutes),
                    late + other.late);
        }
    }

    private final Map<String, Airport> airports = new TreeMap<>();

    Map<String, Airport> airports() {
        return airports;
    }

    /** Adds rows of the flights dataset; columns {@code origin} and {@code delay} are looked at. */
    void addFlights(VectorSchemaRoot batch) {
        VarCharVector origins = (VarCharVector) column(batch, "origin");
        BigIntVector delays = (BigIntVector) column(batch, "delay");
        Map<Long, long[]> gathered = new HashMap<>();
        for (int i = 0; i < batch.getRowCount(); i++) {
            if (origins.isNull(i) || delays.isNull(i)) {
                continue;
            }
            long delay = delays.get(i);
            long[] sums = gathered.computeIfAbsent(
                    packed(origins, i), key -> new long[] {0, 0, Long.MAX_VALUE, Long.MIN_VALUE, 0});
            sums[0]++;
            sums[1] += delay;
            sums[2] = Math.min(sums[2], delay);
            sums[3] = Math.max(sums[3], delay);
            sums[4] += delay > LATE_MINUTES ? 1 : 0;
        }
        gathered.forEach((key, sums) -> add(unpacked(key), new Airport(sums[0], sums[1], sums[2], sums[3], sums[4])));
    }

    /** Adds rows of {@link #SCHEMA}. */
    void addPartial(VectorSchemaRoot batch) {
        VarCharVector origins = (VarCharVector) column(batch, "origin");
        long[] values = new long[5];
        for (int i = 0; i < batch.getRowCount(); i++) {
            for (int c = 0; c < values.length; c++) {
                values[c] = ((BigIntVector) batch.getVector(c + 1)).get(i);
            }
            add(
                    new String(origins.get(i), StandardCharsets.UTF_8),
                    new Airport(values[0], values[1], values[2], values[3], values[4]));
        }
    }

    void add(String origin, Airport more) {
        airports.merge(origin, more, Airport::plus);
    }

    /** Fills a root of {@link #SCHEMA}. */
    void writeTo(VectorSchemaRoot root) {
        root.allocateNew();
        int row = 0;
        for (Map.Entry<String, Airport> entry : airports.entrySet()) {
            Airport airport = entry.getValue();
            ((VarCharVector) root.getVector(0)).setSafe(row, entry.getKey().getBytes(StandardCharsets.UTF_8));
            ((BigIntVector) root.getVector(1)).setSafe(row, airport.flights());
            ((BigIntVector) root.getVector(2)).setSafe(row, airport.sumMinutes());
            ((BigIntVector) root.getVector(3)).setSafe(row, airport.minMinutes());
            ((BigIntVector) root.getVector(4)).setSafe(row, airport.maxMinutes());
            ((BigIntVector) root.getVector(5)).setSafe(row, airport.late());
            row++;
        }
        root.setRowCount(row);
    }

    private static FieldVector column(VectorSchemaRoot batch, String name) {
        FieldVector column = batch.getVector(name);
        if (column == null) {
            throw new IllegalArgumentException("no column '" + name + "' in " + batch.getSchema());
        }
        return column;
    }

    /** Airport codes are three letters: up to eight bytes make a key without an object for every row. */
    private static long packed(VarCharVector origins, int row) {
        int start = origins.getStartOffset(row);
        int end = origins.getEndOffset(row);
        if (end - start > 8) {
            throw new IllegalArgumentException("airport code of " + (end - start) + " bytes in row " + row);
        }
        long key = 0;
        for (int at = start; at < end; at++) {
            key = (key << 8) | (origins.getDataBuffer().getByte(at) & 0xFF);
        }
        return key;
    }

    private static String unpacked(long key) {
        StringBuilder code = new StringBuilder();
        for (long left = key; left != 0; left >>>= 8) {
            code.append((char) (left & 0xFF));
        }
        return code.reverse().toString();
    }

    private static Field number(String name) {
        return new Field(name, FieldType.notNullable(new ArrowType.Int(64, true)), null);
    }
}
