package io.swarmgrid.storage.namespace.ignite;

import java.util.List;
import java.util.stream.LongStream;

/** What is put into an empty directory counts for certain quotas from now on, as if it were elsewhere already. Runs where the directory is. */
final class CountAsStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long directoryId;
    private final long[] quotas;

    CountAsStep(long directoryId, List<Long> quotas) {
        super(null);
        this.directoryId = directoryId;
        this.quotas = quotas.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    byte[] change(Tables tables) {
        Guard guard = tables.guard(directoryId);
        if (guard == null) {
            throw new StaleException("removed meanwhile");
        }
        List<Long> next = LongStream.of(quotas).boxed().toList();
        tables.guard(directoryId, guard.counting(next));
        return new byte[0];
    }
}
