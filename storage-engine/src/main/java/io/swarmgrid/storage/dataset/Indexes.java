package io.swarmgrid.storage.dataset;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;

/** The footers of files, kept for the next reader. Thread-safe. */
final class Indexes {
    private static final long CACHE_BYTES = 64L << 20;

    private final FileStore store;
    private final Cache<Key, FileIndex> cache = Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((Key key, FileIndex index) -> index.weightBytes())
            .build();

    private record Key(long fileId, long version) {}

    Indexes(FileStore store) {
        this.store = store;
    }

    FileIndex of(CallContext context, FileStatus file) {
        FileIndex cached = cache.getIfPresent(new Key(file.id(), file.version()));
        if (cached != null) {
            return cached;
        }
        try (FileReader reader = store.open(context, file.id())) {
            return of(reader);
        }
    }

    /** Of a file that is open. Two first readers may both read the footer: it is small and the same. */
    FileIndex of(FileReader reader) {
        FileStatus file = reader.layout().status();
        Key key = new Key(file.id(), file.version());
        FileIndex cached = cache.getIfPresent(key);
        if (cached == null) {
            cached = FileIndex.read(reader);
            cache.put(key, cached);
        }
        return cached;
    }
}
