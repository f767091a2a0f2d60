package io.swarmgrid.storage.mounted;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Loader;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.replica.DataPath;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One version of a file of an outer store, to be brought near page by page. A page comes as for any reader, so it is had from the store once
 * for all. Thread-safe.
 */
public final class LoadedPages {
    private final OuterFile file;
    private final Supplier<? extends FileReader> open;
    private final Pages pages;
    private final DataPath path;

    LoadedPages(OuterFile file, Supplier<? extends FileReader> open, Pages pages, DataPath path) {
        this.file = file;
        this.open = open;
        this.pages = pages;
        this.path = path;
    }

    public long lengthBytes() {
        return file.lengthBytes();
    }

    public int pageBytes() {
        return pages.pageBytes();
    }

    /** How a page is called as a near copy. */
    public SealedBlock page(long index) {
        return file.page(index, pageBytes());
    }

    /** Reads some of them in order, so that several come at once. */
    public FileReader open() {
        return open.get();
    }

    /**
     * Has a near copy of a page on such a medium.
     *
     * @param reader that of this file
     * @param stays which near copies do not go for it
     * @throws io.swarmgrid.client.GridException why it cannot be had
     */
    public Loader.Outcome load(FileReader reader, long index, Medium medium, Predicate<SealedBlock> stays) {
        SealedBlock page = page(index);
        Loader loader = path.near().loader();
        if (loader.isNear(page, medium)) {
            return Loader.Outcome.NEAR;
        }
        ByteBuf bytes = reader.read(index * pageBytes(), file.pageLength(index, pageBytes()));
        try {
            pages.awaitKept(page);
            return loader.keep(page, medium, stays, bytes);
        } finally {
            bytes.release();
        }
    }
}
