package io.swarmgrid.storage.archive;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.outer.OuterProblems;
import io.swarmgrid.storage.outer.OuterWriter;
import io.swarmgrid.storage.outer.Sweeps;
import io.swarmgrid.storage.outer.TemporaryName;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * What is done to a directory of a file system of Hadoop. Where a file is there once it is closed, and not before, as in object stores, it is
 * written where it belongs; else under another name, which it loses when it is whole.
 */
final class HadoopWriting {
    /** Where a rename is a copy, no file is seen before it is closed, and what was begun can be given up. */
    private static final Set<String> OBJECT_STORES = Set.of("s3a");

    private static final int COPY_BYTES = 64 << 10;

    private final FileSystem files;
    private final Path root;
    private final boolean isObjectStore;
    private final Sweeps sweeps = new Sweeps(InstantSource.system());

    HadoopWriting(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
        this.isObjectStore = OBJECT_STORES.contains(files.getUri().getScheme());
    }

    OuterWriter create(Path target, boolean overwrite) throws IOException {
        try {
            if (isObjectStore && HadoopStore.isBelowFile(files, root, target)) {
                throw OuterProblems.notDirectory(target.toString()); // to the store itself names are all alike
            }
            return begun(target, overwrite);
        } catch (IOException e) {
            throw unlessBelowFile(target, e);
        }
    }

    /** What a file in the way is called differs from file system to file system. */
    private IOException unlessBelowFile(Path target, IOException e) {
        if (HadoopStore.isBelowFile(files, root, target)) {
            throw OuterProblems.notDirectory(target.toString());
        }
        return e;
    }

    private OuterWriter begun(Path target, boolean overwrite) throws IOException {
        FileStatus there = find(target);
        if (there != null && there.isDirectory()) {
            throw OuterProblems.isDirectory(target.toString());
        }
        if (there != null && !overwrite) {
            throw OuterProblems.exists(target.toString());
        }
        if (isObjectStore) {
            FSDataOutputStreamBuilder<?, ?> file =
                    files.createFile(target).overwrite(overwrite).recursive();
            if (!overwrite) {
                // By the store itself when the file is closed, where it can.
                file.opt("fs.option.create.conditional.overwrite", true);
            }
            return new Writer(file.build(), target, target, overwrite);
        }
        Path directory = target.getParent();
        if (directory != null && sweeps.isDue(directory.toString())) {
            sweep(directory);
        }
        Path temporary = new Path(directory, TemporaryName.random());
        return new Writer(files.create(temporary, false), temporary, target, overwrite);
    }

    void makeDirectory(Path directory) throws IOException {
        try {
            FileStatus there = find(directory);
            if (there != null && there.isFile()) {
                throw OuterProblems.exists(directory.toString());
            }
            if (!files.mkdirs(directory)) {
                throw new IOException("it makes no directory");
            }
        } catch (IOException e) {
            throw unlessBelowFile(directory, e);
        }
    }

    boolean remove(Path path, boolean recursive) throws IOException {
        FileStatus there = find(path);
        if (there == null) {
            return false;
        }
        if (there.isDirectory() && !recursive && files.listStatusIterator(path).hasNext()) {
            throw OuterProblems.notEmpty(path.toString());
        }
        try {
            return files.delete(path, recursive);
        } catch (PathIsNotEmptyDirectoryException e) {
            throw OuterProblems.notEmpty(path.toString());
        }
    }

    void rename(Path from, Path to, boolean overwrite) throws IOException {
        if (isObjectStore) {
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "this kind of outer store gives nothing another path: it would be copied and removed",
                    null,
                    "copy it, and remove it",
                    null);
        }
        FileStatus there = find(to);
        if (there != null && (!overwrite || there.isDirectory())) {
            throw OuterProblems.exists(to.toString());
        }
        if (find(from) == null) {
            throw OuterProblems.notFound(from.toString());
        }
        move(from, to, overwrite);
    }

    private void move(Path from, Path to, boolean overwrite) throws IOException {
        if (files instanceof DistributedFileSystem hdfs) {
            hdfs.rename(from, to, overwrite ? Options.Rename.OVERWRITE : Options.Rename.NONE);
            return;
        }
        if (files.rename(from, to)) {
            return;
        }
        if (overwrite && find(to) != null) {
            // Removed first it would be lost where this node dies before the other one has its place.
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "this kind of outer store lets no file take the place of another: " + to,
                    to.toString(),
                    "remove that one first",
                    null);
        }
        throw new FileAlreadyExistsException("it does not rename " + from + " to " + to);
    }

    private @org.jspecify.annotations.Nullable FileStatus find(Path path) throws IOException {
        try {
            return files.getFileStatus(path);
        } catch (FileNotFoundException | ParentNotDirectoryException e) {
            return null;
        }
    }

    /** What was left here by those who died while they wrote. */
    private void sweep(Path directory) {
        try {
            for (FileStatus each : files.listStatus(directory, path -> TemporaryName.is(path.getName()))) {
                if (sweeps.isLeft(Instant.ofEpochMilli(each.getModificationTime()))) {
                    files.delete(each.getPath(), false);
                }
            }
        } catch (IOException e) {
            // It is made with the file, or looked through again.
        }
    }

    private final class Writer implements OuterWriter {
        private final FSDataOutputStream out;
        private final Path written;
        private final Path target;
        private final boolean overwrite;
        private final byte[] piece = new byte[COPY_BYTES];
        private boolean over;

        Writer(FSDataOutputStream out, Path written, Path target, boolean overwrite) {
            this.out = out;
            this.written = written;
            this.target = target;
            this.overwrite = overwrite;
        }

        @Override
        public void write(ByteBuf bytes) {
            try {
                for (int at = bytes.readerIndex(); at < bytes.writerIndex(); ) {
                    int count = Math.min(piece.length, bytes.writerIndex() - at);
                    bytes.getBytes(at, piece, 0, count);
                    out.write(piece, 0, count);
                    at += count;
                }
            } catch (IOException e) {
                throw HadoopStore.failed(target.toString(), e);
            }
        }

        @Override
        public void commit() {
            try {
                if (isObjectStore && !overwrite && find(target) != null) {
                    throw OuterProblems.exists(target.toString());
                }
                out.close();
                if (!written.equals(target)) {
                    FileStatus there = find(target);
                    if (there != null && (!overwrite || there.isDirectory())) {
                        throw OuterProblems.exists(target.toString());
                    }
                    move(written, target, overwrite);
                }
                over = true;
            } catch (FileAlreadyExistsException e) {
                throw OuterProblems.exists(target.toString());
            } catch (IOException e) {
                throw HadoopStore.failed(target.toString(), e);
            } finally {
                close();
            }
        }

        @Override
        public void close() {
            if (over) {
                return;
            }
            over = true;
            try {
                if (isObjectStore && out.hasCapability(CommonPathCapabilities.ABORTABLE_STREAM)) {
                    out.abort();
                    return;
                }
                out.close();
                if (!isObjectStore) {
                    files.delete(written, false);
                }
            } catch (IOException e) {
                // It is swept later.
            }
        }
    }
}
