package io.swarmgrid.bench;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** Reads all values of some columns of a Parquet file, a row group by one vectored read, as engines do that keep columns. */
final class ColumnScan {
    private final FileSystem files;
    private final Path path;
    private final List<String> columns;
    /** Of all values, so that none of them need not be decoded. */
    private long sum;

    ColumnScan(FileSystem files, Path path, List<String> columns) {
        this.files = files;
        this.path = path;
        this.columns = List.copyOf(columns);
    }

    /** A file that is opened by the file system that is measured, and not by another of the same address. */
    private record Input(FileSystem files, FileStatus status) implements InputFile {
        @Override
        public long getLength() {
            return status.getLen();
        }

        @Override
        public SeekableInputStream newStream() throws IOException {
            return HadoopStreams.wrap(files.open(status.getPath()));
        }
    }

    /** How many rows there are. */
    long run() throws IOException {
        ParquetReadOptions options =
                ParquetReadOptions.builder().withUseHadoopVectoredIo(true).build();
        long rows = 0;
        try (ParquetFileReader reader = ParquetFileReader.open(new Input(files, files.getFileStatus(path)), options)) {
            MessageType all = reader.getFileMetaData().getSchema();
            MessageType wanted = new MessageType(
                    all.getName(), columns.stream().map(all::getType).toArray(Type[]::new));
            reader.setRequestedSchema(wanted);
            String createdBy = reader.getFileMetaData().getCreatedBy();
            PageReadStore pages;
            while ((pages = reader.readNextRowGroup()) != null) {
                ColumnReadStoreImpl store = new ColumnReadStoreImpl(
                        pages, new GroupRecordConverter(wanted).getRootConverter(), wanted, createdBy);
                for (ColumnDescriptor column : wanted.getColumns()) {
                    consume(store.getColumnReader(column), column, pages.getRowCount());
                }
                rows += pages.getRowCount();
            }
        }
        if (rows > 0 && sum == 0) {
            throw new IOException("nothing in " + columns + " of " + path);
        }
        return rows;
    }

    /** Of a column that has a value, or none, in every row. */
    private void consume(ColumnReader reader, ColumnDescriptor column, long rows) {
        int defined = column.getMaxDefinitionLevel();
        PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
        for (long row = 0; row < rows; row++) {
            if (reader.getCurrentDefinitionLevel() == defined) {
                sum += value(reader, type);
            }
            reader.consume();
        }
    }

    private static long value(ColumnReader reader, PrimitiveTypeName type) {
        return switch (type) {
            case INT32 -> reader.getInteger();
            case INT64 -> reader.getLong();
            case BOOLEAN -> reader.getBoolean() ? 1 : 0;
            case FLOAT -> (long) reader.getFloat();
            case DOUBLE -> (long) reader.getDouble();
            case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> reader.getBinary().length();
        };
    }
}
