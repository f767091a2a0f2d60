package io.swarmgrid.storage.outer;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Opens the stores of tests, as {@code memory://name}. */
public final class MemoryProvider implements OuterProvider {
    private static final Map<String, MemoryStore> STORES = new ConcurrentHashMap<>();

    /** A new one of this name, instead of any other. */
    public static MemoryStore make(String name) {
        MemoryStore store = new MemoryStore();
        STORES.put(name, store);
        return store;
    }

    @Override
    public OuterStore open(URI uri, @Nullable Path settings) {
        MemoryStore store = "memory".equals(uri.getScheme()) ? STORES.get(uri.getHost()) : null;
        if (store == null) {
            throw new GridException(ErrorCode.UNSUPPORTED, "not of these tests: " + uri);
        }
        return store.view();
    }
}
