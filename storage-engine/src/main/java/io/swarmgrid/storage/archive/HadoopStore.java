package io.swarmgrid.storage.archive;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.outer.OuterBytes;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterProblems;
import io.swarmgrid.storage.outer.OuterStore;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/**
 * A directory of any file system that Hadoop knows. What is tried again is up to the caller: Hadoop's own patience, which is minutes, is cut
 * short unless its settings say otherwise.
 */
final class HadoopStore implements OuterStore {
    /** Only where the settings that were given have nothing else. */
    private static final List<List<String>> SHORT = List.of(
            List.of("ipc.client.connect.max.retries", "1"),
            List.of("ipc.client.connect.max.retries.on.timeouts", "1"),
            List.of("ipc.client.connect.timeout", "5000"),
            List.of("dfs.client.retry.policy.enabled", "false"),
            List.of("fs.s3a.attempts.maximum", "2"),
            List.of("fs.s3a.retry.limit", "2"),
            List.of("fs.s3a.connection.establish.timeout", "5s"));

    private final FileSystem files;
    private final Path root;

    private HadoopStore(FileSystem files, Path root) {
        this.files = files;
        this.root = root;
    }

    /** Opens it; see {@link io.swarmgrid.storage.outer.OuterProvider#open}. */
    static HadoopStore open(URI uri, java.nio.file.@Nullable Path settings) {
        Configuration configuration = new Configuration();
        SHORT.forEach(each -> configuration.set(each.get(0), each.get(1), "swarm"));
        if (settings != null) {
            Configuration given = new Configuration(false);
            given.setAllowNullValueProperties(false);
            for (String name : List.of("core-site.xml", "hdfs-site.xml")) {
                java.nio.file.Path file = Files.isDirectory(settings) ? settings.resolve(name) : settings;
                if (Files.isReadable(file)) {
                    given.addResource(new Path(file.toUri()));
                }
            }
            given.forEach(each -> configuration.set(each.getKey(), each.getValue(), "storage.outer.hadoop-conf"));
        }
        try {
            // One of its own: what is shared in the process may be closed by others.
            return new HadoopStore(FileSystem.newInstance(uri, configuration), new Path(uri));
        } catch (UnsupportedFileSystemException e) {
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "Hadoop on this node knows no file system for " + uri + ": " + e.getMessage(),
                    null,
                    "put the jar that has it (hadoop-aws for s3a) into the directory ext beside the launcher, on every node",
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
            return Optional.of(entry(files.getFileStatus(at), path.isEmpty() ? "" : at.getName()));
        } catch (FileNotFoundException | ParentNotDirectoryException e) {
            return Optional.empty();
        } catch (AccessControlException e) {
            // HDFS has it that a file in the way is entered in vain.
            if (isBelowFile(at)) {
                return Optional.empty();
            }
            throw failed(at.toString(), e);
        } catch (IOException e) {
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
            FileStatus status = files.getFileStatus(at);
            if (status.isDirectory()) {
                throw OuterProblems.isDirectory(place(path));
            }
            if (!entry(status, version.name()).isVersionOf(version)) {
                throw OuterProblems.changed(place(path));
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
    public void close() {
        try {
            files.close();
        } catch (IOException e) {
            // Only read from.
        }
    }

    /** Null where Hadoop's paths cannot have it: a colon in the wrong place. */
    private @Nullable Path at(String path) {
        try {
            return path.isEmpty() ? root : new Path(root, path);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private boolean isBelowFile(Path at) {
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

    private static GridException failed(String place, @Nullable Throwable e) {
        if (e instanceof AccessControlException || e instanceof java.nio.file.AccessDeniedException) {
            return OuterProblems.denied(place, e);
        }
        if (e instanceof InterruptedIOException && Thread.currentThread().isInterrupted()) {
            return new GridException(ErrorCode.CANCELLED, "interrupted while reading " + place, e);
        }
        return OuterProblems.unreachable(place, e);
    }

    private final class Bytes implements OuterBytes {
        private final String path;
        private final Path at;
        private final OuterEntry version;
        private final FSDataInputStream in;

        Bytes(String path, Path at, OuterEntry version, FSDataInputStream in) {
            this.path = path;
            this.at = at;
            this.version = version;
            this.in = in;
        }

        @Override
        public void read(ByteBuf target, long from, int length) {
            byte[] bytes = new byte[length];
            try {
                in.readFully(from, bytes, 0, length);
            } catch (EOFException e) {
                throw OuterProblems.changed(place(path));
            } catch (FileNotFoundException e) {
                throw OuterProblems.vanished(place(path));
            } catch (IOException e) {
                // What a store says of an object that is another one by now differs from store to store.
                requireStill();
                throw failed(place(path), e);
            }
            requireStill();
            target.writeBytes(bytes);
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
