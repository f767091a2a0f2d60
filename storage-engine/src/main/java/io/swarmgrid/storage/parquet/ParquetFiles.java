package io.swarmgrid.storage.parquet;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.storage.file.FileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Decodes Parquet files. What is being decoded lies in a directory of its own meanwhile: of a file, the chunks of about 32 MiB of row
 * groups, one at least. Thread-safe. What is being read when this is closed goes on to its end.
 */
public final class ParquetFiles implements AutoCloseable {
    private static final long CACHE_BYTES = 32L << 20;
    /** Each has a part of its file in the directory, and takes its share of the memory. */
    private static final int MAX_READS = 64;

    private final Path scratch;
    private final BufferAllocator allocator;
    private final Duck duck;
    private final FooterReader footers;
    private final Semaphore reads = new Semaphore(MAX_READS);
    private final Cache<Key, ParquetFooter> cache = Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((Key key, ParquetFooter footer) -> footer.weightBytes())
            .build();

    private record Key(long fileId, long version) {}

    /**
     * Makes the directory, and clears what an earlier process left in it.
     *
     * @param scratch for nothing else
     * @param memory that is taken outside of the heap, but for the batches that are handed out, whose is {@code allocator}
     */
    public ParquetFiles(Path scratch, DataSize memory, BufferAllocator allocator) {
        this.scratch = scratch.toAbsolutePath().normalize();
        this.allocator = allocator;
        try {
            Files.createDirectories(this.scratch);
            try (DirectoryStream<Path> left = Files.newDirectoryStream(this.scratch, "*.parquet")) {
                for (Path each : left) {
                    Files.delete(each);
                }
            }
            this.duck = new Duck(this.scratch.toRealPath(), memory);
            this.footers = new FooterReader(duck, this.scratch.toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the directory " + this.scratch, e);
        }
    }

    /**
     * The footer of a file, kept for the next reader.
     *
     * @param file stays the caller's
     * @throws io.swarmgrid.client.GridException CORRUPT_DATA where it is no sound Parquet file; UNSUPPORTED where it is encrypted, or
     *     the footer has more than 64 MiB; OVERLOADED
     */
    public ParquetFooter footer(FileReader file) {
        FileStatus status = file.layout().status();
        Key key = new Key(status.id(), status.version());
        ParquetFooter kept = cache.getIfPresent(key);
        if (kept == null) {
            kept = footers.read(file, allocator);
            cache.put(key, kept);
        }
        return kept;
    }

    /** The same, as far as it is kept. */
    public @Nullable ParquetFooter kept(FileStatus file) {
        return cache.getIfPresent(new Key(file.id(), file.version()));
    }

    /**
     * Begins to read. The caller closes what is returned.
     *
     * @param file taken over
     * @param footer of this very file
     * @param wanted rows that it has
     * @throws GridException OVERLOADED where 64 are being read already: then the file stays the caller's
     */
    public ParquetRows rows(FileReader file, ParquetFooter footer, ParquetRows.Wanted wanted) {
        if (!reads.tryAcquire()) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "as many Parquet files as may be are being decoded on this node: " + MAX_READS,
                    file.layout().status().path(),
                    "try again, or ask another node",
                    null);
        }
        ParquetRows.Decoder decoder = new ParquetRows.Decoder(duck, scratch, allocator);
        return new ParquetRows(file, footer, wanted, decoder, reads::release);
    }

    @Override
    public void close() {
        duck.close();
    }
}
