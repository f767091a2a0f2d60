package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.DatasetInfo;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.storage.namespace.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** What datasets there are, of what they consist, and where that is. Thread-safe. */
final class Catalog {
    private static final int PAGE = 1000;
    private static final int MAX_FILES = 100_000;
    /** A listing of several pages is begun anew where the dataset changed meanwhile. */
    private static final int LISTING_ATTEMPTS = 8;

    private final Files files;
    private final Indexes indexes;
    private final ParquetTables parquet;

    Catalog(Files files, Indexes indexes, ParquetTables parquet) {
        this.files = files;
        this.indexes = indexes;
        this.parquet = parquet;
    }

    /** A dataset at one version: its partition files in order, and the rows of each. */
    record Partitions(FileStatus dataset, long version, Schema schema, PartitionFormat format, List<Partition> files) {
        long rows() {
            return files.stream().mapToLong(Partition::rows).sum();
        }

        long sizeBytes() {
            return files.stream().mapToLong(file -> file.status().sizeBytes()).sum();
        }
    }

    record Partition(FileStatus status, long rows) {
        String name() {
            return PartitionName.name(status);
        }
    }

    /** @throws GridException NOT_FOUND, also where there is something else */
    FileStatus dataset(GridPath path) {
        FileStatus status = files.stat(path);
        if (status.kind() != EntryKind.DATASET) {
            throw GridException.notFound(
                    path, "there is a " + status.kind().name().toLowerCase(Locale.ROOT) + ", no dataset");
        }
        return status;
    }

    Schema schema(CallContext context, GridPath path) {
        FileStatus status = files.stat(path);
        if (status.kind() == EntryKind.DIRECTORY) {
            return partitions(context, path).schema();
        }
        dataset(path);
        return schemaIn(context, path);
    }

    /** Whether what is there can be read as rows. */
    boolean isDataset(FileStatus status) {
        return status.kind() == EntryKind.DATASET
                || (status.kind() == EntryKind.DIRECTORY && parquet.isTable(GridPath.parse(status.path())));
    }

    /** Of a directory that has the schema's file. */
    Schema schemaIn(CallContext context, GridPath directory) {
        return indexes.of(context, files.stat(directory.child(PartitionName.SCHEMA)))
                .schema();
    }

    Schema schemaOf(CallContext context, Partition file) {
        return indexes.of(context, file.status()).schema();
    }

    DatasetInfo info(CallContext context, GridPath path) {
        Partitions partitions = partitions(context, path);
        return new DatasetInfo(
                path.toString(),
                partitions.rows(),
                partitions.sizeBytes(),
                partitions.version(),
                WireSchema.describe(partitions.schema()),
                partitions.files().stream()
                        .map(file -> new DatasetInfo.PartitionFile(
                                file.name(),
                                file.rows(),
                                file.status().sizeBytes(),
                                file.status().id()))
                        .toList());
    }

    DatasetPlan plan(CallContext context, DatasetRead read) {
        GridPath path = GridPath.parse(read.path());
        Partitions partitions = partitions(context, path);
        Schema schema = partitions.schema();
        Schema selected = WireSchema.select(schema, WireSchema.columns(schema, read.columns()));
        long total = partitions.rows();
        long from = 0;
        long to = total;
        if (read.rows() != null) {
            checkRange(read.rows());
            from = Math.min(total, read.rows().get(0));
            to = Math.min(total, read.rows().get(1));
        }
        List<PartitionRead> parts = new ArrayList<>();
        long first = 0;
        for (Partition file : partitions.files()) {
            long begin = Math.max(from, first);
            long end = Math.min(to, first + file.rows());
            if (begin < end) {
                parts.add(part(partitions.format(), file, begin - first, end - begin, read.columns()));
            }
            first += file.rows();
        }
        return new DatasetPlan(
                selected,
                to - from,
                parts.stream().mapToLong(PartitionRead::sizeBytes).sum(),
                partitions.version(),
                located(parts));
    }

    private List<DatasetPlan.Endpoint> located(List<PartitionRead> parts) {
        Map<Long, List<BlockLocation>> blocks =
                files.locateAll(parts.stream().map(PartitionRead::fileId).toList());
        return parts.stream()
                .map(part -> new DatasetPlan.Endpoint(part, holders(blocks.getOrDefault(part.fileId(), List.of()))))
                .toList();
    }

    private static PartitionRead part(
            PartitionFormat format, Partition file, long first, long count, @Nullable List<String> columns) {
        long bytes = file.status().sizeBytes();
        long share = count == file.rows() ? bytes : (long) ((double) bytes * count / file.rows());
        return new PartitionRead(
                file.status().id(), file.status().version(), file.name(), first, count, share, columns, format);
    }

    private static void checkRange(List<Long> rows) {
        if (rows.size() != 2 || rows.get(0) < 0 || rows.get(1) < rows.get(0)) {
            throw GridException.invalid("bad rows: " + rows + ", expected [from, to) with 0 <= from <= to");
        }
    }

    /**
     * Who has the blocks of a file: live nodes first, among them those that have most of its bytes. One that has nothing but near copies is one
     * of them where it has all of the file: else whoever is sent there has the rest brought from elsewhere.
     */
    static List<Holder> holders(List<BlockLocation> blocks) {
        Map<String, Holder> holders = new LinkedHashMap<>();
        Map<String, Long> bytes = new LinkedHashMap<>();
        long allBytes = 0;
        for (BlockLocation block : blocks) {
            allBytes += block.sizeBytes();
            for (Holder holder : block.holders()) {
                holders.merge(holder.node(), holder, (one, other) -> one.cached() == null ? one : other);
                bytes.merge(holder.node(), block.sizeBytes(), Long::sum);
            }
        }
        long wholeBytes = allBytes;
        return holders.values().stream()
                .filter(holder -> holder.cached() == null || bytes.getOrDefault(holder.node(), 0L) == wholeBytes)
                .sorted(Comparator.comparing(Holder::live)
                        .thenComparing(holder -> bytes.getOrDefault(holder.node(), 0L))
                        .reversed())
                .toList();
    }

    /** The files of a dataset, all of the same version of it. */
    Partitions partitions(CallContext context, GridPath path) {
        FileStatus there = files.stat(path);
        if (there.kind() == EntryKind.DIRECTORY && parquet.isTable(path)) {
            return parquet.partitions(context, there, children(path));
        }
        FileStatus before = dataset(path);
        for (int attempt = 0; attempt < LISTING_ATTEMPTS; attempt++) {
            List<FileStatus> children = children(path);
            FileStatus after = dataset(path);
            if (after.id() == before.id() && after.version() == before.version()) {
                Schema schema = indexes.of(context, schemaFile(path, children)).schema();
                return new Partitions(
                        after, after.version(), schema, PartitionFormat.ARROW, inOrder(context, children));
            }
            before = after;
        }
        throw new GridException(
                ErrorCode.CONFLICT,
                "the dataset changes faster than it can be listed: " + path,
                path.toString(),
                null,
                null);
    }

    private static FileStatus schemaFile(GridPath path, List<FileStatus> children) {
        return children.stream()
                .filter(file -> PartitionName.name(file).equals(PartitionName.SCHEMA))
                .findFirst()
                .orElseThrow(() -> new GridException(
                        ErrorCode.CORRUPT_DATA,
                        "the dataset has lost its schema: no " + path.child(PartitionName.SCHEMA),
                        path.toString(),
                        null,
                        null));
    }

    /** The partition files in a directory that is staged: nobody else changes it. */
    List<Partition> staged(CallContext context, GridPath directory) {
        return inOrder(context, children(directory));
    }

    /** The first number that no partition file in a directory has; 0 where there is no such directory. */
    int nextNumber(GridPath directory) {
        if (files.find(directory).isEmpty()) {
            return 0;
        }
        return children(directory).stream()
                .filter(PartitionName::isPartition)
                .mapToInt(file -> PartitionName.number(PartitionName.name(file)))
                .filter(number -> number < Integer.MAX_VALUE)
                .map(number -> number + 1)
                .max()
                .orElse(0);
    }

    private List<Partition> inOrder(CallContext context, List<FileStatus> children) {
        return children.stream()
                .filter(PartitionName::isPartition)
                .sorted(PartitionName.ORDER)
                .map(file -> new Partition(file, rows(context, file)))
                .toList();
    }

    private long rows(CallContext context, FileStatus file) {
        String text = file.attribute(PartitionName.ROWS);
        return text == null ? indexes.of(context, file).rows() : Long.parseLong(text);
    }

    List<FileStatus> children(GridPath directory) {
        List<FileStatus> all = new ArrayList<>();
        String last = null;
        Listing page;
        do {
            page = files.list(directory, last, PAGE);
            all.addAll(page.entries());
            if (all.size() > MAX_FILES) {
                throw new GridException(
                        ErrorCode.UNSUPPORTED,
                        "more than " + MAX_FILES + " files in " + directory,
                        directory.toString(),
                        null,
                        null);
            }
            if (!page.entries().isEmpty()) {
                last = PartitionName.name(page.entries().get(page.entries().size() - 1));
            }
        } while (page.nextPageToken() != null);
        return all;
    }
}
