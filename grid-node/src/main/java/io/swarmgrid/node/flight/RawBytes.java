package io.swarmgrid.node.flight;

import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** How bytes that are no table travel in record batches: one column {@code bytes: uint8 not null}. */
final class RawBytes {
    static final Field FIELD = new Field("bytes", FieldType.notNullable(new ArrowType.Int(8, false)), List.of());
    static final Schema SCHEMA = new Schema(List.of(FIELD));

    private RawBytes() {}

    static boolean isRaw(Schema schema) {
        if (schema.getFields().size() != 1) {
            return false;
        }
        Field only = schema.getFields().get(0);
        return only.getName().equals(FIELD.getName())
                && only.getType().equals(FIELD.getType())
                && !only.isNullable()
                && only.getDictionary() == null;
    }
}
