package io.swarmgrid.storage.mounted;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.NearPage;
import io.swarmgrid.storage.outer.OuterEntry;

/**
 * One version of a file of an outer store.
 *
 * @param uri of the store
 * @param path within it
 */
record OuterFile(String uri, String path, OuterEntry version) {
    long lengthBytes() {
        return version.sizeBytes();
    }

    long pages(int pageBytes) {
        return (lengthBytes() + pageBytes - 1) / pageBytes;
    }

    int pageLength(long index, int pageBytes) {
        return (int) Math.min(pageBytes, lengthBytes() - index * pageBytes);
    }

    /** What a page is called as a near copy: another version, or another size of pages, is another one. */
    SealedBlock page(long index, int pageBytes) {
        long[] hash = Hash.of(uri, path, version.version(), Integer.toString(pageBytes), Long.toString(index));
        BlockId id = new BlockId(NearPage.id(hash[0]));
        return new SealedBlock(id, NearPage.epoch(hash[1], group(uri)), pageLength(index, pageBytes), (int) hash[2]);
    }

    /** What pages of one store have in common. */
    static int group(String uri) {
        return (int) Hash.of(uri)[0];
    }
}
