package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.data.ParquetDirectory;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.parquet.ParquetFiles;
import io.swarmgrid.storage.parquet.ParquetFooter;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Directories of Parquet files as datasets: nobody says that they are, their names do. Thread-safe. */
final class ParquetTables {
    private static final int PAGE = 1000;
    private static final long VERSION_FACTOR = 0x9E3779B97F4A7C15L;

    private final Files files;
    private final FileStore store;
    private final ParquetFiles decoder;

    ParquetTables(Files files, FileStore store, ParquetFiles decoder) {
        this.files = files;
        this.store = store;
        this.decoder = decoder;
    }

    boolean isTable(GridPath directory) {
        return isTable(directory, files.list(directory, null, PAGE));
    }

    /** The same, where its first page is there already. Looks no further than the first entry that is something else. */
    boolean isTable(GridPath directory, Listing first) {
        ParquetDirectory names = new ParquetDirectory();
        Listing page = first;
        while (true) {
            page.entries().forEach(names::add);
            if (names.hasOther()
                    || page.nextPageToken() == null
                    || page.entries().isEmpty()) {
                return names.isDataset();
            }
            FileStatus last = page.entries().get(page.entries().size() - 1);
            page = files.list(directory, PartitionName.name(last), PAGE);
        }
    }

    /** @throws GridException SCHEMA_MISMATCH, and what {@link ParquetFiles#footer} throws */
    Catalog.Partitions partitions(CallContext context, FileStatus directory, List<FileStatus> children) {
        List<Catalog.Partition> parts = new ArrayList<>();
        Schema schema = null;
        long version = 1;
        for (FileStatus child : children) {
            if (ParquetDirectory.isPart(child)) {
                ParquetFooter footer = footer(context, child);
                schema = schema == null ? footer.schema() : same(schema, footer.schema(), parts.get(0), child);
                parts.add(new Catalog.Partition(child, footer.rows()));
                version = (version * VERSION_FACTOR + child.id()) * VERSION_FACTOR + child.version();
            }
        }
        if (schema == null) {
            throw GridException.notFound(GridPath.parse(directory.path()), "its Parquet files are gone");
        }
        return new Catalog.Partitions(directory, version & Long.MAX_VALUE, schema, PartitionFormat.PARQUET, parts);
    }

    private ParquetFooter footer(CallContext context, FileStatus file) {
        ParquetFooter kept = decoder.kept(file);
        if (kept != null) {
            return kept;
        }
        try (FileReader reader = store.open(context, file.id())) {
            return decoder.footer(reader);
        }
    }

    private static Schema same(Schema schema, Schema other, Catalog.Partition first, FileStatus file) {
        @Nullable String difference = WireSchema.firstDifference(schema, other);
        if (difference != null) {
            throw new GridException(
                    ErrorCode.SCHEMA_MISMATCH,
                    "no dataset: " + file.path() + " has another schema than " + first.name() + ": " + difference,
                    file.path(),
                    "files of one schema make a dataset: move the others elsewhere",
                    null);
        }
        return schema;
    }
}
