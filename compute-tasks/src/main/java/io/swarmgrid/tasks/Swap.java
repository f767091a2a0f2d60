package io.swarmgrid.tasks;

import java.util.Arrays;
import javax.cache.processor.MutableEntry;
import org.apache.ignite.cache.CacheEntryProcessor;

/** Compare and swap where the primary is: arguments are the value that must be there, and the one to come. */
final class Swap<K> implements CacheEntryProcessor<K, byte[], Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean process(MutableEntry<K, byte[]> entry, Object... arguments) {
        if (!entry.exists() || !Arrays.equals(entry.getValue(), (byte[]) arguments[0])) {
            return false;
        }
        entry.setValue((byte[]) arguments[1]);
        return true;
    }
}
