package io.swarmgrid.storage.outer;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A directory that this machine sees (a disk of its own, NFS, Lustre), as {@code file:}. Links are followed as long as they stay below the
 * root: what others can put there must not lead callers of the grid to what only the node may read.
 */
final class LocalStore implements OuterStore {
    private static final String SEEN = "unix:size,lastModifiedTime,ctime,ino,isDirectory,isRegularFile";

    private final String uri;
    private final Path root;
    private final LocalWriting writing;

    /**
     * Of a directory.
     *
     * @param uri how it is called
     * @param root absolute, without links
     */
    LocalStore(String uri, Path root) {
        this(uri, root, InstantSource.system());
    }

    LocalStore(String uri, Path root, InstantSource clock) {
        this.uri = uri;
        this.root = root;
        this.writing = new LocalWriting(uri, root, new Sweeps(clock));
    }

    @Override
    public Optional<OuterEntry> find(String path) {
        try {
            Path file = real(path);
            return file == null ? Optional.empty() : Optional.ofNullable(entry(name(path), file));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public void list(String path, Consumer<OuterEntry> each) {
        try {
            Path directory = real(path);
            OuterEntry found = directory == null ? null : entry(name(path), directory);
            if (directory == null || found == null) {
                throw OuterProblems.notFound(place(path));
            }
            if (!found.directory()) {
                throw OuterProblems.notDirectory(place(path));
            }
            list(path, directory, each);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw OuterProblems.notFound(place(path));
        } catch (DirectoryIteratorException e) {
            throw failed(place(path), e);
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    private void list(String path, Path directory, Consumer<OuterEntry> each) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!OuterProblems.isName(name)) {
                    continue;
                }
                OuterEntry entry = seen(name, file);
                if (entry != null) {
                    each.accept(entry);
                } else {
                    find(path.isEmpty() ? name : path + "/" + name).ifPresent(each); // a link, perhaps
                }
            }
        }
    }

    private static @Nullable OuterEntry seen(String name, Path file) throws IOException {
        try {
            return entry(name, file);
        } catch (NoSuchFileException e) {
            return null; // it was removed while this was listing
        }
    }

    @Override
    public OuterBytes open(String path, OuterEntry version) {
        try {
            Path file = real(path);
            OuterEntry now = file == null ? null : entry(version.name(), file);
            if (file == null || now == null) {
                throw OuterProblems.notFound(place(path));
            }
            if (now.directory()) {
                throw OuterProblems.isDirectory(place(path));
            }
            if (!now.isVersionOf(version)) {
                throw OuterProblems.changed(place(path));
            }
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            return new Bytes(path, version, channel);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw OuterProblems.notFound(place(path));
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public OuterWriter create(String path, boolean overwrite) {
        try {
            return writing.create(path, overwrite);
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public void makeDirectory(String path) {
        try {
            writing.makeDirectory(path);
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public boolean remove(String path, boolean recursive) {
        try {
            return writing.remove(path, recursive);
        } catch (IOException e) {
            throw failed(place(path), e);
        }
    }

    @Override
    public void rename(String from, String to, boolean overwrite) {
        try {
            writing.rename(from, to, overwrite);
        } catch (IOException e) {
            throw failed(place(from), e);
        }
    }

    @Override
    public void close() {
        // Nothing is kept open.
    }

    /** Where a path leads to; null where that is out of the root, or no path of this machine. */
    private @Nullable Path real(String path) throws IOException {
        try {
            Path real = root.resolve(path).toRealPath();
            return real.startsWith(root) ? real : null;
        } catch (InvalidPathException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            // The reason is a text of the system's, in its language.
            if (isBelowFile(root, path)) {
                return null;
            }
            throw e;
        }
    }

    static boolean isBelowFile(Path root, String path) {
        for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
            if (Files.isRegularFile(root.resolve(path.substring(0, end)))) {
                return true;
            }
        }
        return false;
    }

    /** Null where it is neither a file nor a directory. */
    private static @Nullable OuterEntry entry(String name, Path file) throws IOException {
        Map<String, Object> seen = Files.readAttributes(file, SEEN, LinkOption.NOFOLLOW_LINKS);
        boolean directory = Boolean.TRUE.equals(seen.get("isDirectory"));
        if (!directory && !Boolean.TRUE.equals(seen.get("isRegularFile"))) {
            return null;
        }
        long size = directory ? 0 : (Long) seen.get("size");
        return new OuterEntry(name, directory, size, nanos(seen.get("lastModifiedTime")), tag(seen));
    }

    /**
     * With the time of the last change of any kind: a program can set the other one back. Without the device: of NFS and others each machine
     * has a number of its own, and all have to see the same version.
     */
    static String tag(Map<String, Object> seen) {
        return seen.get("ino") + "-" + nanos(seen.get("ctime"));
    }

    private static long nanos(@Nullable Object time) {
        return time instanceof FileTime known ? known.to(TimeUnit.NANOSECONDS) : 0;
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private String place(String path) {
        return uri + "/" + path;
    }

    /** What there is no use in trying again is told by its class, else by the system's own text, as it is where no other language is set. */
    static GridException failed(String place, Exception e) {
        if (e instanceof AccessDeniedException) {
            return OuterProblems.denied(place, e);
        }
        if (e instanceof FileAlreadyExistsException) {
            return OuterProblems.exists(place);
        }
        if (e instanceof DirectoryNotEmptyException) {
            return OuterProblems.notEmpty(place);
        }
        String reason = e instanceof FileSystemException named ? named.getReason() : e.getMessage();
        return switch (reason == null ? "" : reason) {
            case "Operation not permitted", "Read-only file system" -> OuterProblems.denied(place, e);
            case "No space left on device", "Disk quota exceeded" -> OuterProblems.noSpace(place, e);
            case "Not a directory" -> OuterProblems.notDirectory(place);
            case "Is a directory" -> OuterProblems.isDirectory(place);
            case "File name too long" -> GridException.invalid("the outer store cannot name it: " + place);
            default -> OuterProblems.unreachable(place, e);
        };
    }

    private final class Bytes implements OuterBytes {
        private final String path;
        private final OuterEntry version;
        private final FileChannel channel;

        Bytes(String path, OuterEntry version, FileChannel channel) {
            this.path = path;
            this.version = version;
            this.channel = channel;
        }

        @Override
        public void read(ByteBuf target, long from, int length) {
            try {
                int left = length;
                while (left > 0) {
                    int count = target.writeBytes(channel, from + length - left, left);
                    if (count < 0) {
                        throw isStill()
                                ? OuterProblems.unreachable(place(path), null)
                                : OuterProblems.changed(place(path));
                    }
                    left -= count;
                }
                if (!isStill()) {
                    throw OuterProblems.changed(place(path));
                }
            } catch (IOException e) {
                throw failed(place(path), e);
            }
        }

        private boolean isStill() throws IOException {
            try {
                Path file = real(path);
                OuterEntry now = file == null ? null : entry(version.name(), file);
                if (now == null) {
                    throw OuterProblems.vanished(place(path));
                }
                return now.isVersionOf(version);
            } catch (NoSuchFileException | NotDirectoryException e) {
                throw OuterProblems.vanished(place(path));
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // Only read from.
            }
        }
    }
}
