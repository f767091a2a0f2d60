package io.swarmgrid.storage.batch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Makes batches of random values of any type, by writing their buffers as the columnar format has them. */
public final class RandomBatch {
    private static final int VIEW_BYTES = 16;

    private final Random random;
    private final List<ArrowFieldNode> nodes = new ArrayList<>();
    private final List<byte[]> buffers = new ArrayList<>();
    private final List<Long> variadic = new ArrayList<>();

    private RandomBatch(Random random) {
        this.random = random;
    }

    /** A root that the caller closes. */
    public static VectorSchemaRoot root(Schema schema, int rows, Random random, BufferAllocator allocator) {
        RandomBatch batch = new RandomBatch(random);
        schema.getFields().forEach(field -> batch.column(field, rows));
        List<ArrowBuf> memory = new ArrayList<>();
        for (byte[] bytes : batch.buffers) {
            ArrowBuf buffer = allocator.buffer(bytes.length);
            buffer.writeBytes(bytes);
            memory.add(buffer);
        }
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator);
        try (ArrowRecordBatch message = new ArrowRecordBatch(
                rows, batch.nodes, memory, NoCompressionCodec.DEFAULT_BODY_COMPRESSION, batch.variadic, true)) {
            memory.forEach(ArrowBuf::close);
            new VectorLoader(root).load(message);
        }
        return root;
    }

    /** One column of each kind there is, and some kinds within others. */
    @SuppressWarnings("EnumOrdinal")
    public static Schema everyType() {
        List<Field> fields = new ArrayList<>();
        List<ArrowType> plain = new ArrayList<>(List.of(
                ArrowType.Null.INSTANCE,
                ArrowType.Bool.INSTANCE,
                ArrowType.Utf8.INSTANCE,
                ArrowType.Binary.INSTANCE,
                ArrowType.LargeUtf8.INSTANCE,
                ArrowType.LargeBinary.INSTANCE,
                ArrowType.Utf8View.INSTANCE,
                ArrowType.BinaryView.INSTANCE,
                new ArrowType.FixedSizeBinary(7),
                new ArrowType.Decimal(20, 3, 128),
                new ArrowType.Decimal(40, 3, 256)));
        for (MinorType type : List.of(
                MinorType.TINYINT,
                MinorType.SMALLINT,
                MinorType.INT,
                MinorType.BIGINT,
                MinorType.UINT1,
                MinorType.UINT8,
                MinorType.FLOAT2,
                MinorType.FLOAT4,
                MinorType.FLOAT8,
                MinorType.DATEDAY,
                MinorType.DATEMILLI,
                MinorType.TIMESEC,
                MinorType.TIMENANO,
                MinorType.TIMESTAMPMICRO,
                MinorType.TIMESTAMPNANO,
                MinorType.INTERVALYEAR,
                MinorType.INTERVALDAY,
                MinorType.INTERVALMONTHDAYNANO)) {
            plain.add(type.getType());
        }
        for (int i = 0; i < plain.size(); i++) {
            fields.add(Field.nullable("plain" + i, plain.get(i)));
        }
        fields.add(Field.notNullable("required", MinorType.INT.getType()));
        Field text = Field.nullable("$data$", ArrowType.Utf8.INSTANCE);
        Field numbers = of("numbers", ArrowType.List.INSTANCE, Field.nullable("$data$", MinorType.BIGINT.getType()));
        fields.add(numbers);
        fields.add(of("large", ArrowType.LargeList.INSTANCE, text));
        fields.add(of("view", ArrowType.ListView.INSTANCE, text));
        fields.add(of("large view", ArrowType.LargeListView.INSTANCE, text));
        fields.add(of("fixed", new ArrowType.FixedSizeList(3), text));
        fields.add(of("struct", ArrowType.Struct.INSTANCE, Field.nullable("a", ArrowType.Bool.INSTANCE), numbers));
        fields.add(of(
                "deep",
                ArrowType.List.INSTANCE,
                of("$data$", ArrowType.Struct.INSTANCE, Field.nullable("x", ArrowType.Utf8View.INSTANCE), numbers)));
        Field entries = new Field(
                "entries",
                FieldType.notNullable(ArrowType.Struct.INSTANCE),
                List.of(
                        Field.notNullable("key", ArrowType.Utf8.INSTANCE),
                        Field.nullable("value", MinorType.INT.getType())));
        fields.add(of("map", new ArrowType.Map(false), entries));
        // The library's sparse union wants the ordinals of its own types as ids.
        int[] minorTypes = {MinorType.INT.ordinal(), MinorType.VARCHAR.ordinal()};
        Field anInt = Field.nullable("int", MinorType.INT.getType());
        Field aText = Field.nullable("varchar", ArrowType.Utf8.INSTANCE);
        fields.add(of("sparse", new ArrowType.Union(UnionMode.Sparse, minorTypes), anInt, aText));
        fields.add(of("dense", new ArrowType.Union(UnionMode.Dense, new int[] {0, 1}), anInt, aText));
        fields.add(of(
                "runs",
                ArrowType.RunEndEncoded.INSTANCE,
                Field.notNullable("run_ends", MinorType.INT.getType()),
                Field.nullable("values", ArrowType.Utf8.INSTANCE)));
        fields.add(of(
                "short runs",
                ArrowType.RunEndEncoded.INSTANCE,
                Field.notNullable("run_ends", MinorType.SMALLINT.getType()),
                Field.nullable("values", MinorType.BIGINT.getType())));
        return new Schema(fields);
    }

    private static Field of(String name, ArrowType type, Field... children) {
        return new Field(name, FieldType.nullable(type), List.of(children));
    }

    private void column(Field field, int count) {
        Layout layout = Layout.of(field.getType());
        switch (layout) {
            case NULL -> node(count, count);
            case BITS -> {
                validity(field, count);
                buffers.add(randomBytes((int) Bits.bytes(count)));
            }
            case FIXED -> {
                validity(field, count);
                fixed(field, count);
            }
            case VARIABLE, LARGE_VARIABLE -> variable(field, count, layout == Layout.VARIABLE ? 4 : 8);
            case VIEW -> views(field, count);
            case LIST, LARGE_LIST -> {
                validity(field, count);
                column(field.getChildren().get(0), offsets(count, 4, layout == Layout.LIST ? 4 : 8));
            }
            case LIST_VIEW, LARGE_LIST_VIEW -> listViews(field, count, layout == Layout.LIST_VIEW ? 4 : 8);
            case FIXED_LIST -> {
                validity(field, count);
                column(field.getChildren().get(0), count * 3);
            }
            case STRUCT -> {
                validity(field, count);
                field.getChildren().forEach(child -> column(child, count));
            }
            case SPARSE_UNION -> {
                node(count, 0);
                types(field, count);
                field.getChildren().forEach(child -> column(child, count));
            }
            case DENSE_UNION -> denseUnion(field, count);
            case RUN_ENDS -> runs(field, count);
        }
    }

    private void node(int length, int nulls) {
        nodes.add(new ArrowFieldNode(length, nulls));
    }

    private boolean[] validity(Field field, int count) {
        boolean[] valid = new boolean[count];
        byte[] bits = new byte[(int) Bits.bytes(count)];
        int nulls = 0;
        boolean none = !field.isNullable() || random.nextInt(4) == 0;
        for (int i = 0; i < count; i++) {
            valid[i] = none || random.nextInt(4) > 0;
            nulls += valid[i] ? 0 : 1;
            bits[i >> 3] |= (byte) ((valid[i] ? 1 : 0) << (i & 7));
        }
        node(count, nulls);
        buffers.add(nulls == 0 && random.nextBoolean() ? new byte[0] : bits);
        return valid;
    }

    private void fixed(Field field, int count) {
        int width = Layout.widthBytes(field.getType());
        ByteBuffer values = little(count * width);
        for (int i = 0; i < count * width; i++) {
            // Small values in the low bytes: whatever the type, it can be shown.
            values.put((byte) (i % width < Math.max(1, width / 4) ? random.nextInt(50) : 0));
        }
        buffer(values);
    }

    private void variable(Field field, int count, int width) {
        validity(field, count);
        int bytes = offsets(count, 12, width);
        buffers.add(text(bytes));
    }

    private int offsets(int count, int most, int width) {
        ByteBuffer offsets = little((count + 1) * width);
        int at = random.nextInt(3); // what comes before the first is nobody's
        put(offsets, at, width);
        for (int i = 0; i < count; i++) {
            at += random.nextInt(most + 1);
            put(offsets, at, width);
        }
        buffer(offsets);
        return at + random.nextInt(3);
    }

    private void views(Field field, int count) {
        boolean[] valid = validity(field, count);
        ByteBuffer views = little(count * VIEW_BYTES);
        int pools = 1 + random.nextInt(3);
        List<ByteArrayOutputStream> data = new ArrayList<>();
        for (int i = 0; i < pools; i++) {
            data.add(new ByteArrayOutputStream());
        }
        for (int i = 0; i < count; i++) {
            byte[] value = text(random.nextInt(30));
            views.position(i * VIEW_BYTES);
            views.putInt(value.length);
            if (value.length <= 12) {
                views.put(value);
            } else if (valid[i]) {
                int pool = random.nextInt(pools);
                views.put(value, 0, 4).putInt(pool).putInt(data.get(pool).size());
                data.get(pool).writeBytes(value);
            } else {
                views.putInt(-1).putInt(-1).putInt(-1); // a null's view may be anything
            }
        }
        buffer(views);
        data.forEach(pool -> buffers.add(pool.toByteArray()));
        variadic.add((long) pools);
    }

    private void listViews(Field field, int count, int width) {
        validity(field, count);
        int values = count + 3;
        ByteBuffer offsets = little(count * width);
        ByteBuffer sizes = little(count * width);
        for (int i = 0; i < count; i++) {
            int from = random.nextInt(values);
            put(offsets, from, width);
            put(sizes, random.nextInt(Math.min(4, values - from) + 1), width);
        }
        buffer(offsets);
        buffer(sizes);
        column(field.getChildren().get(0), values);
    }

    private byte[] types(Field field, int count) {
        int[] ids = Layout.union(field.getType()).getTypeIds();
        byte[] types = new byte[count];
        for (int i = 0; i < count; i++) {
            types[i] = (byte) ids[random.nextInt(ids.length)];
        }
        buffers.add(types);
        return types;
    }

    /** Each child's values in the order of the rows: others the library's vector does not take. */
    private void denseUnion(Field field, int count) {
        node(count, 0);
        byte[] types = types(field, count);
        int[] next = new int[field.getChildren().size()];
        ByteBuffer offsets = little(count * 4);
        for (byte type : types) {
            offsets.putInt(next[type]++);
        }
        buffer(offsets);
        for (int i = 0; i < next.length; i++) {
            column(field.getChildren().get(i), next[i]);
        }
    }

    private void runs(Field field, int count) {
        node(count, 0);
        int width = Layout.widthBytes(field.getChildren().get(0).getType());
        List<Integer> ends = new ArrayList<>();
        for (int at = 0; at < count; ) {
            at = Math.min(count, at + 1 + random.nextInt(5));
            ends.add(at);
        }
        node(ends.size(), 0);
        buffers.add(new byte[0]);
        ByteBuffer written = little(ends.size() * width);
        ends.forEach(end -> put(written, end, width));
        buffer(written);
        column(field.getChildren().get(1), ends.size());
    }

    private byte[] text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @SuppressWarnings("ByteBufferBackingArray") // all are allocated on the heap, by little()
    private void buffer(ByteBuffer bytes) {
        buffers.add(bytes.array());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(ByteBuffer target, int value, int width) {
        switch (width) {
            case 2 -> target.putShort((short) value);
            case 4 -> target.putInt(value);
            default -> target.putLong(value);
        }
    }
}
