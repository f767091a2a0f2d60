package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.statistics.IOStatistics;
import org.apache.hadoop.fs.statistics.StreamStatisticNames;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** A table that parquet-hadoop writes and reads. */
final class ParquetTable {
    private static final int ROWS = 300_000;
    private static final int ROW_GROUP_BYTES = 2 << 20;
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType(
            "message row { required int64 id; required double noise; required binary name (STRING); required int32"
                    + " bucket; }");
    private static final MessageType SOME =
            MessageTypeParser.parseMessageType("message row { required int64 id; required int32 bucket; }");

    private final Configuration configuration;
    private final Path path;

    ParquetTable(Configuration configuration, Path path) {
        this.configuration = configuration;
        this.path = path;
    }

    void write() throws IOException {
        SimpleGroupFactory rows = new SimpleGroupFactory(SCHEMA);
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(HadoopOutputFile.fromPath(path, configuration))
                .withConf(configuration)
                .withType(SCHEMA)
                .withRowGroupSize((long) ROW_GROUP_BYTES)
                .build()) {
            for (int i = 0; i < ROWS; i++) {
                writer.write(rows.newGroup()
                        .append("id", (long) i)
                        .append("noise", Math.sin(i))
                        .append("name", "row " + i)
                        .append("bucket", i % 97));
            }
        }
    }

    /** Each row group by one vectored read. */
    void readSomeColumns() throws IOException {
        Watched watched = new Watched(path.getFileSystem(configuration), path);
        ParquetReadOptions options =
                ParquetReadOptions.builder().withUseHadoopVectoredIo(true).build();
        int groups = 0;
        long row = 0;
        try (ParquetFileReader reader = ParquetFileReader.open(watched, options)) {
            reader.setRequestedSchema(SOME);
            PageReadStore pages;
            while ((pages = reader.readNextRowGroup()) != null) {
                RecordReader<Group> records =
                        new ColumnIOFactory().getColumnIO(SOME).getRecordReader(pages, new GroupRecordConverter(SOME));
                for (long i = 0; i < pages.getRowCount(); i++, row++) {
                    Group record = records.read();
                    assertThat(record.getLong("id", 0)).isEqualTo(row);
                    assertThat(record.getInteger("bucket", 0)).isEqualTo((int) (row % 97));
                }
                groups++;
            }
        }
        assertThat(row).isEqualTo(ROWS);
        assertThat(groups).isGreaterThan(1);
        IOStatistics counted = watched.streams.get(0).getIOStatistics();
        assertThat(counted.counters())
                .containsEntry(StreamStatisticNames.STREAM_READ_VECTORED_OPERATIONS, (long) groups)
                .containsEntry(StreamStatisticNames.STREAM_READ_VECTORED_INCOMING_RANGES, 2L * groups);
    }

    /** Keeps the streams that were opened, to ask them what they were asked. */
    private static final class Watched implements InputFile {
        private final FileSystem files;
        private final Path path;
        private final List<FSDataInputStream> streams = new ArrayList<>();

        Watched(FileSystem files, Path path) {
            this.files = files;
            this.path = path;
        }

        @Override
        public long getLength() throws IOException {
            return files.getFileStatus(path).getLen();
        }

        @Override
        public SeekableInputStream newStream() throws IOException {
            FSDataInputStream stream = files.open(path);
            streams.add(stream);
            return HadoopStreams.wrap(stream);
        }
    }
}
