package io.swarmgrid.storage.dataset;

import io.swarmgrid.config.LimitsConfig;
import io.swarmgrid.storage.batch.BatchPlan;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * How large a record batch of such columns may be.
 *
 * @param maxRows of one batch
 * @param wireBytes of one message, table and body
 */
record BatchLimits(List<Field> fields, int maxRows, long wireBytes) {
    /** So that table and body of a batch fit into one chunk of a file. */
    private static final long STORED_BYTES = (1 << 20) - (16 << 10);
    /** What Flight adds to a message. */
    private static final long ENVELOPE_BYTES = 4 << 10;
    /** From so many columns on the table of a message is not small beside its body, which may then be larger. */
    private static final int MANY_COLUMNS = 1000;

    /** Of batches in a stored file. */
    static BatchLimits stored(List<Field> fields, LimitsConfig limits) {
        long message = message(limits);
        long wire = fields.size() >= MANY_COLUMNS ? message : Math.min(STORED_BYTES, message);
        return new BatchLimits(fields, BatchPlan.maxRows(fields), wire);
    }

    /** Of a message that goes out. */
    static BatchLimits sent(List<Field> fields, LimitsConfig limits) {
        return new BatchLimits(fields, BatchPlan.maxRows(fields), message(limits));
    }

    private static long message(LimitsConfig limits) {
        return limits.messageSize().bytes() - ENVELOPE_BYTES;
    }
}
