package io.swarmgrid.storage.archive;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.outer.OuterBytes;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterProblems;
import io.swarmgrid.storage.outer.OuterStore;
import io.swarmgrid.storage.outer.OuterWriter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ClusterStorageCapacityExceededException;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotDirectoryException;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/**
 * A directory of any file system that Hadoop knows. What is tried again is up to the caller: Hadoop's own patience, which is minutes, is cut
 * short unless its settings say otherwise.
 */
final class HadoopStore implements OuterStore {
    private static final int MAX_KNOWN = 1000;

    private final FileSystem files;
    private final Path root;
    private final HadoopWriting writing;
    /** Whether it gives bytes of that version alone by whose status it was opened, so that nobody has to look again. */
    private final boolean comparesItself;

    /** What was seen last; only where that is enough to read by. */
    @GuardedBy("known")
    private final Map<Path, FileStatus> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, FileStatus> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    private HadoopStore(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
        this.writing = new HadoopWriting(files, root);
        this.comparesItself = comparesItself(files);
    }

    /** By its etag, which goes with each request. */
    private static boolean comparesItself(FileSystem files) {
        return switch (files.getUri().getScheme()) {
            case "s3a" ->
                List.of("server", "client")
                        .contains(files.getConf().getTrimmed("fs.s3a.change.detection.mode", "server"));
            case "abfs", "abfss" -> !files.getConf().getBoolean("fs.azure.io.read.tolerate.concurrent.append", false);
            default -> false;
        };
    }

    /** Opens it; see {@link io.swarmgrid.storage.outer.OuterProvider#open}. */
    static HadoopStore open(URI uri, java.nio.file.@Nullable Path settings) {
        Configuration configuration = HadoopSettings.of(settings);
        try {
            // One of its own: what is shared in the process may be closed by others.
            return new HadoopStore(FileSystem.newInstance(uri, configuration), new Path(uri));
        } catch (UnsupportedFileSystemException e) {
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "Hadoop on this node knows no file system for " + uri + ": " + e.getMessage(),
                    null,
                    "put the jar that has it into the directory ext beside the launcher, on every node (for s3a as deploy/hadoop/pom.xml has it)",
                    e);
        } catch (IOException e) {
            throw failed(uri.toString(), e);
        } catch (IllegalArgumentException e) {
            throw GridException.invalid("Hadoop cannot use the address " + uri + ": " + e.getMessage());
        }
    }

    @Override
    public Optional<OuterEntry> find(String path) {
        Path at = at(path);
        if (at == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(entry(look(at), path.isEmpty() ? "" : at.getName()));
        } catch (FileNotFoundException | ParentNotDirectoryException e) {
            return Optional.empty();
        } catch (AccessControlException e) {
            // HDFS has it that a file in the way is entered in vain.
            if (isBelowFile(files, root, at)) {
                return Optional.empty();
            }
            throw failed(at.toString(), e);
        } catch (IOException e) {
            if (isWithoutStore(e)) {
                return Optional.empty();
            }
            throw failed(at.toString(), e);
        }
    }

    @Override
    public void list(String path, Consumer<OuterEntry> each) {
        OuterEntry directory = find(path).orElseThrow(() -> OuterProblems.notFound(place(path)));
        if (!directory.directory()) {
            throw OuterProblems.notDirectory(place(path));
        }
        Path at = path.isEmpty() ? root : new Path(root, path);
        try {
            RemoteIterator<FileStatus> all = files.listStatusIterator(at);
            while (all.hasNext()) {
                FileStatus status = all.next();
                String name = status.getPath().getName();
                if ((status.isFile() || status.isDirectory()) && OuterProblems.isName(name)) {
                    each.accept(entry(status, name));
                }
            }
        } catch (FileNotFoundException e) {
            throw OuterProblems.notFound(place(path));
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public OuterBytes open(String path, OuterEntry version) {
        Path at = at(path);
        if (at == null) {
            throw OuterProblems.notFound(place(path));
        }
        try {
            FileStatus status = seen(at, version);
            if (status == null) {
                status = look(at);
                if (status.isDirectory()) {
                    throw OuterProblems.isDirectory(place(path));
                }
                if (!entry(status, version.name()).isVersionOf(version)) {
                    throw OuterProblems.changed(place(path));
                }
            }
            // What is read is told exactly: an object store need not send what nobody wants.
            FSDataInputStream in = files.openFile(at)
                    .withFileStatus(status)
                    .opt("fs.option.openfile.read.policy", "random")
                    .build()
                    .get();
            return new Bytes(path, at, version, in);
        } catch (FileNotFoundException e) {
            throw OuterProblems.notFound(place(path));
        } catch (IOException e) {
            throw failed(place(path), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof FileNotFoundException) {
                throw OuterProblems.notFound(place(path));
            }
            throw failed(place(path), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while opening " + place(path), e);
        }
    }

    @Override
    public OuterWriter create(String path, boolean overwrite) {
        try {
            return writing.create(required(path), overwrite);
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public void makeDirectory(String path) {
        try {
            writing.makeDirectory(required(path));
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public boolean remove(String path, boolean recursive) {
        try {
            return writing.remove(required(path), recursive);
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public void rename(String from, String to, boolean overwrite) {
        try {
            writing.rename(required(from), required(to), overwrite);
        } catch (IOException e) {
            throw failed(place(from), e);
        }
    }

    @Override
    public void close() {
        try {
            files.close();
        } catch (IOException e) {
            // What was written was closed before.
        }
    }

    /** Of an entry of it: neither it itself, nor what Hadoop cannot name. */
    private Path required(String path) {
        Path at = at(path);
        if (at == null || path.isEmpty()) {
            throw GridException.invalid("Hadoop cannot name it: " + place(path));
        }
        return at;
    }

    private FileStatus look(Path at) throws IOException {
        FileStatus status = files.getFileStatus(at);
        if (comparesItself && status.isFile()) {
            synchronized (known) {
                known.put(at, status);
            }
        }
        return status;
    }

    /** What makes the store itself compare what it reads with a version; null where that is not known. */
    private @Nullable FileStatus seen(Path at, OuterEntry version) {
        FileStatus status;
        synchronized (known) {
            status = known.get(at);
        }
        return status != null
                        && version.tag() != null
                        && entry(status, version.name()).isVersionOf(version)
                ? status
                : null;
    }

    /** Null where Hadoop's paths cannot have it: a colon in the wrong place. */
    private @Nullable Path at(String path) {
        try {
            return path.isEmpty() ? root : new Path(root, path);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** That there is no such bucket is no reason to ask again. By its name, since its class is in a jar of the store's own. */
    private static boolean isWithoutStore(IOException e) {
        return e.getClass().getSimpleName().equals("UnknownStoreException");
    }

    static boolean isBelowFile(FileSystem files, Path root, Path at) {
        Path above = at.getParent();
        while (above != null && above.depth() >= root.depth()) {
            try {
                return files.getFileStatus(above).isFile();
            } catch (IOException e) {
                above = above.getParent(); // the next one says more
            }
        }
        return false;
    }

    private static OuterEntry entry(FileStatus status, String name) {
        String tag = status instanceof EtagSource source ? source.getEtag() : null;
        return new OuterEntry(
                name,
                status.isDirectory(),
                status.isDirectory() ? 0 : status.getLen(),
                TimeUnit.MILLISECONDS.toNanos(status.getModificationTime()),
                tag);
    }

    private String place(String path) {
        return root + "/" + path;
    }

    static GridException failed(String place, @Nullable Throwable e) {
        if (e instanceof AccessControlException || e instanceof java.nio.file.AccessDeniedException) {
            return OuterProblems.denied(place, e);
        }
        if (e instanceof InterruptedIOException && Thread.currentThread().isInterrupted()) {
            return new GridException(ErrorCode.CANCELLED, "interrupted while reading " + place, e);
        }
        if (e instanceof ParentNotDirectoryException || e instanceof PathIsNotDirectoryException) {
            return OuterProblems.notDirectory(place);
        }
        if (e instanceof FileAlreadyExistsException) {
            return OuterProblems.exists(place);
        }
        if (e instanceof PathIsNotEmptyDirectoryException) {
            return OuterProblems.notEmpty(place);
        }
        if (e instanceof ClusterStorageCapacityExceededException) {
            return OuterProblems.noSpace(place, e);
        }
        return OuterProblems.unreachable(place, e);
    }

    private final class Bytes implements OuterBytes {
        private final String path;
        private final Path at;
        private final OuterEntry version;
        private final FSDataInputStream in;
        private final boolean takesBuffers;
        /** Where it does not. */
        private byte[] last = {};

        Bytes(String path, Path at, OuterEntry version, FSDataInputStream in) {
            this.path = path;
            this.at = at;
            this.version = version;
            this.in = in;
            this.takesBuffers = in.hasCapability(StreamCapabilities.PREADBYTEBUFFER);
        }

        @Override
        public void read(ByteBuf target, long from, int length) {
            try {
                if (takesBuffers) {
                    in.readFully(from, target.nioBuffer(target.writerIndex(), length));
                } else {
                    if (last.length < length) {
                        last = new byte[length];
                    }
                    in.readFully(from, last, 0, length);
                }
            } catch (FileNotFoundException e) {
                throw OuterProblems.vanished(place(path));
            } catch (IOException e) {
                // What a store says of an object that is another one by now differs from store to store.
                requireStill();
                throw failed(place(path), e);
            }
            if (!comparesItself || version.tag() == null) {
                requireStill();
            } else if (in.hasCapability(StreamCapabilities.UNBUFFER)) {
                in.unbuffer(); // what is read next is asked for, and compared
            }
            if (takesBuffers) {
                target.writerIndex(target.writerIndex() + length);
            } else {
                target.writeBytes(last, 0, length);
            }
        }

        private void requireStill() {
            try {
                if (!entry(files.getFileStatus(at), version.name()).isVersionOf(version)) {
                    throw OuterProblems.changed(place(path));
                }
            } catch (FileNotFoundException e) {
                throw OuterProblems.vanished(place(path));
            } catch (IOException e) {
                throw failed(place(path), e);
            }
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                // Only read from.
            }
        }
    }
}
