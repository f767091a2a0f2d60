package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.DatasetUpload.Batches;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.jspecify.annotations.Nullable;

/** Local tables as record batches: Arrow files and streams as they are, Parquet and CSV through DuckDB. */
public final class TableFiles {
    private static final byte[] ARROW_FILE_MAGIC = {'A', 'R', 'R', 'O', 'W', '1'};
    private static final byte[] PARQUET_MAGIC = {'P', 'A', 'R', '1'};

    /** What a local table is written in. */
    public enum Format {
        ARROW_FILE,
        ARROW_STREAM,
        PARQUET,
        CSV
    }

    /** Takes batches as they come; the reader belongs to the one who calls. */
    @FunctionalInterface
    public interface BatchConsumer<T> {
        T take(ArrowReader batches) throws IOException;
    }

    private TableFiles() {}

    /** Tells the format by the file's first bytes, and by its name where they tell nothing. */
    public static Format formatOf(Path file) throws IOException {
        byte[] head = new byte[8];
        int length;
        try (InputStream in = Files.newInputStream(file)) {
            length = in.readNBytes(head, 0, head.length);
        }
        if (startsWith(head, length, ARROW_FILE_MAGIC)) {
            return Format.ARROW_FILE;
        }
        if (startsWith(head, length, PARQUET_MAGIC)) {
            return Format.PARQUET;
        }
        if (length >= 4 && head[0] == -1 && head[1] == -1 && head[2] == -1 && head[3] == -1) {
            return Format.ARROW_STREAM;
        }
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".csv") || name.endsWith(".tsv") || name.endsWith(".csv.gz")) {
            return Format.CSV;
        }
        throw new GridException(
                ErrorCode.CORRUPT_INPUT,
                "cannot read " + file + ": neither Arrow, Parquet nor CSV",
                null,
                "name the format with --format arrow, parquet or csv",
                null);
    }

    /** @throws GridException INVALID_ARGUMENT for a name that is no format */
    public static @Nullable Format formatNamed(@Nullable String name) {
        if (name == null) {
            return null;
        }
        return switch (name) {
            case "arrow" -> Format.ARROW_FILE;
            case "arrow-stream" -> Format.ARROW_STREAM;
            case "parquet" -> Format.PARQUET;
            case "csv" -> Format.CSV;
            default ->
                throw GridException.invalid("unknown format '" + name + "' (known: arrow, arrow-stream, parquet, csv)");
        };
    }

    /**
     * Reads one local table.
     *
     * @throws GridException CORRUPT_INPUT for a file that is not what it claims to be
     */
    public static <T> T read(Path file, Format format, BufferAllocator allocator, BatchConsumer<T> consumer)
            throws IOException {
        try (Batches batches = open(file, format, allocator)) {
            return consumer.take(batches.reader());
        }
    }

    /** Opens one local table, as {@link #read} does; whoever calls closes it. */
    public static Batches open(Path file, Format format, BufferAllocator allocator) throws IOException {
        return switch (format) {
            case ARROW_FILE -> begun(file.toString(), new CheckedFile(file, allocator));
            case ARROW_STREAM -> arrowStream(file.toString(), Files.newInputStream(file), allocator);
            case PARQUET -> DuckSource.open("SELECT * FROM read_parquet(?)", List.of(file.toString()), allocator);
            case CSV -> DuckSource.open("SELECT * FROM read_csv(?)", List.of(file.toString()), allocator);
        };
    }

    /** Opens an Arrow stream, and takes {@code in} over. */
    public static Batches arrowStream(String name, InputStream in, BufferAllocator allocator) throws IOException {
        return begun(name, new CheckedStream(name, in, allocator));
    }

    private static Batches begun(String name, ArrowReader reader) throws IOException {
        boolean begun = false;
        try {
            sound(name, reader::getVectorSchemaRoot);
            begun = true;
            return Batches.of(reader);
        } finally {
            if (!begun) {
                reader.close();
            }
        }
    }

    /** Reads, and takes what the library stumbles over for what it is: a file that is not sound. */
    private static <T> T sound(String name, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (GridException | OutOfMemoryException e) {
            throw e;
        } catch (RuntimeException e) {
            throw damaged(name, e);
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).startsWith("Unexpected end of")) {
                throw damaged(name, e);
            }
            throw e;
        }
    }

    private static GridException damaged(String name, Exception e) {
        return new GridException(ErrorCode.CORRUPT_INPUT, "not a whole Arrow file: " + name + ": " + e.getMessage(), e);
    }

    @FunctionalInterface
    private interface Reading<T> {
        T read() throws IOException;
    }

    private static final class CheckedFile extends ArrowFileReader {
        private final String name;

        CheckedFile(Path file, BufferAllocator allocator) throws IOException {
            super(FileChannel.open(file, StandardOpenOption.READ), allocator, CommonsCompressionFactory.INSTANCE);
            this.name = file.toString();
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            return sound(name, super::loadNextBatch);
        }
    }

    private static final class CheckedStream extends ArrowStreamReader {
        private final String name;

        CheckedStream(String name, InputStream in, BufferAllocator allocator) {
            super(new BufferedInputStream(in, 1 << 16), allocator, CommonsCompressionFactory.INSTANCE);
            this.name = name;
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            return sound(name, super::loadNextBatch);
        }
    }

    private static boolean startsWith(byte[] head, int length, byte[] magic) {
        return length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }
}
