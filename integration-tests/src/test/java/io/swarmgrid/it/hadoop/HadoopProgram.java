package io.swarmgrid.it.hadoop;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BulkDelete;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileRange;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.PartHandle;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.SafeMode;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.fs.UploadHandle;
import org.apache.hadoop.util.VersionInfo;

/**
 * A program of a user, with a class path of its own: a Hadoop of any version that is supported, and the one jar. It says what
 * it ran with, and ends with an exception at the first thing that is not as it should be.
 *
 * <p>Only the classes in it name what Hadoop 3.3.4 does not have; each is loaded where it is there.
 */
final class HadoopProgram {
    private static final int LARGE_BYTES = 3_000_000;
    private static final Path HOME = new Path("/one-jar");

    private final byte[] content = new byte[LARGE_BYTES];
    private final FileSystem files;

    private HadoopProgram(FileSystem files) {
        this.files = files;
        new Random(11).nextBytes(content);
    }

    /** @param arguments the grid's URI, and the class that shall be found without being named */
    public static void main(String[] arguments) throws Exception {
        Configuration found = new Configuration();
        Configuration named = new Configuration();
        named.set("fs.swarm.impl", "io.swarmgrid.hadoop.SwarmFileSystem");
        URI grid = URI.create(arguments[0]);
        try (FileSystem files = FileSystem.newInstance(grid, found)) {
            expect(arguments[1], files.getClass().getSimpleName());
            new HadoopProgram(files).run();
        }
        try (FileSystem files = FileSystem.newInstance(grid, named)) {
            expect("SwarmFileSystem", files.getClass().getSimpleName());
            new HadoopProgram(files).run();
        }
        useContext(FileContext.getFileContext(grid, named));
        System.out.println("Hadoop " + VersionInfo.getVersion());
    }

    private void run() throws Exception {
        listMethods(files);
        Path file = new Path(HOME, "deep/large");
        write(file);
        read(file);
        change(file);
        list();
        if (has("org.apache.hadoop.fs.FileRange")) {
            Vectored.read(files, file, content);
        }
        if (files.getClass().getSimpleName().endsWith("341")) {
            Leases.recover(files, file);
            Bulk.remove(files, HOME, file);
        } else {
            expect(true, files.delete(file, false));
        }
        expect(false, files.exists(file));
        expect(false, files.delete(file, false));
        upload(new Path(HOME, "uploaded"));
        expect(true, files.delete(HOME, true));
    }

    private void upload(Path file) throws Exception {
        try (MultipartUploader uploader = files.createMultipartUploader(HOME).build()) {
            UploadHandle upload = uploader.startUpload(file).get();
            PartHandle second = part(uploader, upload, 2, file);
            PartHandle first = part(uploader, upload, 1, file);
            uploader.complete(upload, file, Map.of(1, first, 2, second)).get();
            uploader.abort(uploader.startUpload(file).get(), file).get();
        }
        try (FSDataInputStream in = files.open(file)) {
            expect("part 1, part 2, ", new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        expect(2, files.listStatus(HOME).length); // with the directory that the large file was in
    }

    /** By name, since newer versions ask besides whether it is the last part. */
    private static PartHandle part(MultipartUploader uploader, UploadHandle upload, int number, Path file)
            throws Exception {
        byte[] bytes = ("part " + number + ", ").getBytes(StandardCharsets.UTF_8);
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        Method put = Arrays.stream(MultipartUploader.class.getMethods())
                .filter(method -> method.getName().equals("putPart"))
                .findFirst()
                .orElseThrow();
        Object handle = put.getParameterCount() == 5
                ? put.invoke(uploader, upload, number, file, in, (long) bytes.length)
                : put.invoke(uploader, upload, number, false, file, in, (long) bytes.length);
        return (PartHandle) ((CompletableFuture<?>) handle).get();
    }

    private void write(Path file) throws IOException {
        try (FSDataOutputStream out = files.create(file)) {
            listMethods(out.getWrappedStream());
            out.write(content, 0, 1_000_000);
            out.hflush();
            expect(1_000_000L, files.getFileStatus(file).getLen());
            out.write(content, 1_000_000, LARGE_BYTES - 1_000_000);
            out.hsync();
        }
    }

    private void read(Path file) throws Exception {
        byte[] read = new byte[LARGE_BYTES];
        try (FSDataInputStream in = files.open(file)) {
            listMethods(in.getWrappedStream());
            in.readFully(read, 0, LARGE_BYTES);
            expect(-1, in.read());
            same(content, read, 0);
            in.seek(2_000_000);
            in.readFully(read, 0, 1000);
            same(Arrays.copyOfRange(content, 2_000_000, 2_001_000), Arrays.copyOf(read, 1000), 2_000_000);
            byte[] part = new byte[70_000];
            in.readFully(900_000, part);
            same(Arrays.copyOfRange(content, 900_000, 970_000), part, 900_000);
            ByteBuffer direct = ByteBuffer.allocateDirect(100);
            expect(100, in.read(50, direct));
        }
        try (FSDataInputStream in = files.openFile(file)
                .opt("fs.option.openfile.read.policy", "random")
                .build()
                .get()) {
            in.readFully(LARGE_BYTES - 8, read, 0, 8);
            same(Arrays.copyOfRange(content, LARGE_BYTES - 8, LARGE_BYTES), Arrays.copyOf(read, 8), LARGE_BYTES - 8);
        }
        try (FSDataInputStream none = files.open(new Path(HOME, "none"))) {
            throw new IllegalStateException("there is " + none);
        } catch (FileNotFoundException e) {
            expect(true, e.toString().contains("/one-jar/none"));
        }
    }

    private void change(Path file) throws IOException {
        Path moved = new Path(HOME, "moved");
        expect(true, files.rename(file, moved));
        expect(false, files.rename(file, moved));
        expect(true, files.rename(moved, file));
        try (FSDataOutputStream out = files.append(file)) {
            out.writeBytes("more");
        }
        expect(LARGE_BYTES + 4L, files.getFileStatus(file).getLen());
        expect(true, files.truncate(file, LARGE_BYTES));
        files.setXAttr(file, "user.colour", "green".getBytes(StandardCharsets.UTF_8));
        expect("green", new String(files.getXAttr(file, "user.colour"), StandardCharsets.UTF_8));
    }

    private void list() throws IOException {
        FileStatus[] entries = files.listStatus(HOME);
        expect(
                List.of("deep"),
                Arrays.stream(entries).map(e -> e.getPath().getName()).toList());
        expect(1, files.globStatus(new Path(HOME, "d*/lar?e")).length);
        RemoteIterator<LocatedFileStatus> all = files.listFiles(HOME, true);
        LocatedFileStatus large = all.next();
        expect((long) LARGE_BYTES, large.getLen());
        expect(true, large.getBlockLocations()[0].getHosts().length > 0);
        expect(false, all.hasNext());
        expect((long) LARGE_BYTES, files.getContentSummary(HOME).getLength());
    }

    private static void useContext(FileContext context) throws IOException {
        Path a = new Path(HOME, "a");
        Path b = new Path(HOME, "b");
        for (Path path : List.of(a, b)) {
            EnumSet<CreateFlag> flags = EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE);
            try (FSDataOutputStream out = context.create(path, flags, CreateOpts.createParent())) {
                out.writeBytes(path.getName());
            }
        }
        context.rename(a, b, Rename.OVERWRITE);
        try (FSDataInputStream in = context.open(b)) {
            expect((int) 'a', in.read());
        }
        expect(1, context.util().listStatus(HOME).length);
        expect(true, context.delete(HOME, true));
    }

    /** What is there since Hadoop 3.3.5. */
    private static final class Vectored {
        static void read(FileSystem files, Path file, byte[] content) throws Exception {
            List<FileRange> ranges = List.of(
                    FileRange.createFileRange(5, 1000),
                    FileRange.createFileRange(20_000, 10),
                    FileRange.createFileRange(2_500_000, 100_000));
            try (FSDataInputStream in = files.open(file)) {
                in.readVectored(ranges, ByteBuffer::allocate);
                for (FileRange range : ranges) {
                    int from = (int) range.getOffset();
                    byte[] expected = Arrays.copyOfRange(content, from, from + range.getLength());
                    same(expected, range.getData().get().array(), from);
                }
            }
        }
    }

    /** What is there since Hadoop 3.3.6. */
    private static final class Leases {
        static void recover(FileSystem files, Path file) throws IOException {
            LeaseRecoverable leases = (LeaseRecoverable) files;
            expect(true, leases.isFileClosed(file));
            expect(true, leases.recoverLease(file));
            expect(false, ((SafeMode) files).setSafeMode(SafeModeAction.GET));
        }
    }

    /** What is there since Hadoop 3.4.1. */
    private static final class Bulk {
        static void remove(FileSystem files, Path base, Path file) throws IOException {
            try (BulkDelete bulk = files.createBulkDelete(base)) {
                expect(true, bulk.pageSize() > 1);
                expect(List.of(), bulk.bulkDelete(List.of(files.makeQualified(file))));
            }
        }
    }

    /** As tools do that call by name; throws where a method names what is not there. */
    private static void listMethods(Object object) {
        expect(true, object.getClass().getMethods().length > 0);
    }

    private static boolean has(String className) {
        try {
            Class.forName(className);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static void expect(Object expected, Object found) {
        if (!expected.equals(found)) {
            throw new IllegalStateException("expected " + expected + ", found " + found);
        }
    }

    private static void same(byte[] expected, byte[] found, int from) {
        int at = Arrays.mismatch(expected, found);
        if (at >= 0) {
            throw new IllegalStateException("another byte at " + (from + at));
        }
    }
}
