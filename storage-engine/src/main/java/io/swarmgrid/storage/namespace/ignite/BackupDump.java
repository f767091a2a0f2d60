package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.backup.BackupPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.dump.DumpEntry;
import org.apache.ignite.internal.processors.cache.persistence.snapshot.dump.Dump;
import org.apache.ignite.internal.util.typedef.internal.CU;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a backup, whichever node wrote them: Ignite's dump, of which every row has a checksum. Confined to one
 * thread at a time.
 */
@SuppressWarnings("try") // Ignite's classes say that their close may throw anything
final class BackupDump implements AutoCloseable {
    private static final int GROUP = CU.cacheId(NamespaceCaches.GROUP);
    private static final Map<Integer, String> CACHES = Map.of(
            CU.cacheId(NamespaceCaches.DENTRIES), NamespaceCaches.DENTRIES,
            CU.cacheId(NamespaceCaches.INODES), NamespaceCaches.INODES,
            CU.cacheId(NamespaceCaches.INLINE), NamespaceCaches.INLINE,
            CU.cacheId(NamespaceCaches.BLOCKS), NamespaceCaches.BLOCKS,
            CU.cacheId(NamespaceCaches.TRASH), NamespaceCaches.TRASH);

    private final Path path;
    private final Dump dump;

    /**
     * One row of a cache that lasts.
     *
     * @param id its key, where that is the id of an inode; 0 otherwise
     * @param keyHash of the key, the same wherever it is computed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(String cache, long id, int keyHash, byte[] value) {}

    /** The rows of one partition, in the order in which they lie there. */
    final class Rows implements AutoCloseable {
        private final String folder;
        private final int partition;
        private final Dump.DumpedPartitionIterator rows;

        private Rows(String folder, int partition) {
            this.folder = folder;
            this.partition = partition;
            this.rows = reading(folder, partition, () -> dump.iterator(folder, GROUP, partition));
        }

        /** Null at the end. */
        @Nullable
        Row next() {
            return reading(folder, partition, this::read).orElse(null);
        }

        private Optional<Row> read() {
            while (rows.hasNext()) {
                DumpEntry row = rows.next();
                String cache = CACHES.get(row.cacheId());
                if (cache != null && row.value() instanceof byte[] value) {
                    long id = row.key() instanceof Long key ? key : 0;
                    return Optional.of(new Row(cache, id, row.key().hashCode(), value));
                }
            }
            return Optional.empty();
        }

        @Override
        public void close() {
            closeQuietly(rows);
        }
    }

    /** @throws GridException NOT_FOUND, CORRUPT_DATA */
    BackupDump(Path path, Ignite ignite) {
        this.path = path;
        if (!Files.isDirectory(path)) {
            throw new GridException(
                    ErrorCode.NOT_FOUND, "no such backup: " + path, path.toString(), "swarm backup --list", null);
        }
        try {
            this.dump = new Dump(path.toFile(), null, true, false, null, ignite.log());
        } catch (RuntimeException | AssertionError e) {
            throw damaged(path.toString(), e);
        }
    }

    Rows rows(String folder, int partition) {
        return new Rows(folder, partition);
    }

    /** Reads a node's part from end to end. */
    List<BackupPart.Sum> sums(String folder) {
        List<Integer> partitions = reading(folder, -1, () -> dump.partitions(folder, GROUP));
        List<BackupPart.Sum> sums = new ArrayList<>(partitions.size());
        for (int partition : partitions.stream().sorted().toList()) {
            try (Rows rows = rows(folder, partition)) {
                sums.add(new Adding().of(partition, rows));
            }
        }
        return sums;
    }

    @Override
    public void close() {
        closeQuietly(dump);
    }

    /** Adds up one partition: an inode and what says that it is removed lie in the same one. */
    private static final class Adding {
        private final Set<Long> removed = new HashSet<>();
        private final List<Seen> seen = new ArrayList<>();
        private final CRC32C crc = new CRC32C();
        private long count;
        private long hash;

        private record Seen(long id, EntryKind kind, long lengthBytes) {}

        BackupPart.Sum of(int partition, Rows rows) {
            for (Row row = rows.next(); row != null; row = rows.next()) {
                count++;
                hash += hash(row);
                if (row.cache().equals(NamespaceCaches.TRASH)) {
                    if (Doomed.decode(row.value()).lease() == null) {
                        removed.add(row.id());
                    }
                } else if (row.cache().equals(NamespaceCaches.INODES) && Ids.isInode(row.id())) {
                    Inode inode = Inode.decode(row.value());
                    if (!inode.isFile() || inode.content().isVisible()) {
                        seen.add(
                                new Seen(row.id(), inode.kind(), inode.content().lengthBytes()));
                    }
                }
            }
            long files = 0;
            long directories = 0;
            long sizeBytes = 0;
            for (Seen each : seen) {
                if (!removed.contains(each.id)) {
                    files += each.kind == EntryKind.FILE ? 1 : 0;
                    directories += each.kind == EntryKind.FILE ? 0 : 1;
                    sizeBytes += each.lengthBytes;
                }
            }
            return new BackupPart.Sum(partition, count, hash, files, directories, sizeBytes);
        }

        private long hash(Row row) {
            crc.reset();
            crc.update(row.value(), 0, row.value().length);
            long mixed = crc.getValue() << Integer.SIZE | (row.keyHash() & 0xFFFFFFFFL);
            mixed = (mixed ^ row.cache().hashCode()) * 0x9E3779B97F4A7C15L;
            return mixed ^ mixed >>> 29;
        }
    }

    private interface Reading<T> {
        T get() throws Exception;
    }

    private <T> T reading(String folder, int partition, Reading<T> what) {
        try {
            return what.get();
        } catch (GridException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while a backup was read", e);
        } catch (Exception | AssertionError e) {
            throw damaged(path + ", part of " + folder + (partition < 0 ? "" : ", partition " + partition), e);
        }
    }

    private static GridException damaged(String what, Throwable cause) {
        return new GridException(
                ErrorCode.CORRUPT_DATA,
                "cannot read the backup " + what + ": " + cause.getMessage(),
                null,
                "another node's part may have the same; swarm backup --verify reads them all",
                cause);
    }

    private void closeQuietly(AutoCloseable open) {
        try {
            open.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IgniteException("cannot close the backup " + path, e);
        }
    }
}
