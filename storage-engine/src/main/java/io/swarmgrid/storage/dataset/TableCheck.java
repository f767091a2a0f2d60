package io.swarmgrid.storage.dataset;

import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;

/**
 * Lengths in a footer's tables against the bytes that it has: the library allocates what they say before it looks, so that
 * one damaged length would cost all memory.
 */
final class TableCheck {
    private static final int REFERENCE_BYTES = 4;
    private static final int BLOCK_BYTES = 24;
    private static final int MAX_TYPE_IDS = 128;
    private static final int MAX_DEPTH = 64;

    private final int sizeBytes;

    private TableCheck(int sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    /** @throws IllegalArgumentException that names what cannot be */
    static void check(Footer footer, int sizeBytes) {
        TableCheck check = new TableCheck(sizeBytes);
        check.fits("batches", footer.recordBatchesLength(), BLOCK_BYTES);
        check.fits("dictionaries", footer.dictionariesLength(), BLOCK_BYTES);
        check.fits("texts", footer.customMetadataLength(), REFERENCE_BYTES);
        Schema schema = footer.schema();
        if (schema == null) {
            throw new IllegalArgumentException("a footer without a schema");
        }
        check.fits("columns", schema.fieldsLength(), REFERENCE_BYTES);
        check.fits("texts", schema.customMetadataLength(), REFERENCE_BYTES);
        for (int i = 0; i < schema.fieldsLength(); i++) {
            check.field(schema.fields(i), 0);
        }
    }

    private void field(Field field, int depth) {
        fits("children", field.childrenLength(), REFERENCE_BYTES);
        fits("texts", field.customMetadataLength(), REFERENCE_BYTES);
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("columns nested more than " + MAX_DEPTH + " deep");
        }
        if (field.typeType() == Type.Union && field.type(new Union()) instanceof Union union) {
            if (union.typeIdsLength() > MAX_TYPE_IDS) {
                throw new IllegalArgumentException("a union of " + union.typeIdsLength() + " types");
            }
        }
        for (int i = 0; i < field.childrenLength(); i++) {
            field(field.children(i), depth + 1);
        }
    }

    private void fits(String what, int count, int eachBytes) {
        if (count < 0 || (long) count * eachBytes > sizeBytes) {
            throw new IllegalArgumentException(count + " " + what + " in " + sizeBytes + " bytes");
        }
    }
}
