package io.swarmgrid.storage.outer;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is done to a directory that this machine sees. Links on the way are followed as long as they stay below the root; the last name never is. */
final class LocalWriting {
    private static final LinkOption SELF = LinkOption.NOFOLLOW_LINKS;
    /** So much is written at most before it is forced, so that the end of a large file takes no longer than that of a small one. */
    private static final long FORCED_BYTES = 16L << 20;

    private final String uri;
    private final Path root;
    private final Sweeps sweeps;

    LocalWriting(String uri, Path root, Sweeps sweeps) {
        this.uri = uri;
        this.root = root;
        this.sweeps = sweeps;
    }

    OuterWriter create(String path, boolean overwrite) throws IOException {
        requireName(path);
        Path target = made(parent(path)).resolve(name(path));
        if (Files.isDirectory(target, SELF)) {
            throw OuterProblems.isDirectory(place(path));
        }
        if (!overwrite && Files.exists(target, SELF)) {
            throw OuterProblems.exists(place(path));
        }
        Path directory = target.resolveSibling("").toAbsolutePath().normalize();
        if (sweeps.isDue(directory.toString())) {
            sweep(directory);
        }
        Path temporary = target.resolveSibling(TemporaryName.random());
        return new Writer(
                path,
                target,
                temporary,
                overwrite,
                FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    void makeDirectory(String path) throws IOException {
        Path target = existing(path);
        if (target != null && Files.isRegularFile(target, SELF)) {
            throw OuterProblems.exists(place(path));
        }
        made(path);
    }

    /** A directory as it is, made where it is missing. */
    private Path made(String path) throws IOException {
        Path at = root;
        if (path.isEmpty()) {
            return at;
        }
        for (String name : path.split("/", -1)) {
            Path next = at.resolve(name);
            if (!Files.exists(next, SELF)) {
                try {
                    Files.createDirectory(next);
                } catch (FileAlreadyExistsException e) {
                    // Somebody else was first.
                }
            }
            at = inside(next, path);
        }
        return at;
    }

    boolean remove(String path, boolean recursive) throws IOException {
        Path target = existing(path);
        if (target == null || !Files.exists(target, SELF)) {
            return false;
        }
        if (recursive && Files.isDirectory(target, SELF)) {
            removeTree(target);
            return true;
        }
        try {
            return Files.deleteIfExists(target);
        } catch (DirectoryNotEmptyException e) {
            throw OuterProblems.notEmpty(place(path));
        }
    }

    void rename(String from, String to, boolean overwrite) throws IOException {
        Path source = existing(from);
        if (source == null || !Files.exists(source, SELF)) {
            throw OuterProblems.notFound(place(from));
        }
        Path target = existing(to);
        if (target == null) {
            throw OuterProblems.notFound(place(parent(to)));
        }
        if (Files.exists(target, SELF) && (!overwrite || Files.isDirectory(target, SELF))) {
            throw OuterProblems.exists(place(to));
        }
        if (overwrite || Files.isDirectory(source, SELF)) {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE); // a directory takes no place but an empty one's
        } else {
            moveUnlessThere(source, target);
        }
        force(target.resolveSibling(""));
    }

    /** By a second name, so that a file which has come there meanwhile stays; a machine that dies may leave both names. */
    private static void moveUnlessThere(Path source, Path target) throws IOException {
        if (!linked(source, target)) {
            Files.move(source, target); // looks before, as well as this file system lets anybody
            return;
        }
        if (key(source).equals(key(target))) { // else it is another's by now
            Files.deleteIfExists(source);
        }
    }

    private static Optional<Object> key(Path file) throws IOException {
        try {
            return Optional.ofNullable(
                    Files.readAttributes(file, BasicFileAttributes.class, SELF).fileKey());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Gives a file a second name, which fails where there is one, unlike a move.
     *
     * @return false where this file system has no second names
     */
    private static boolean linked(Path file, Path name) throws IOException {
        try {
            Files.createLink(name, file);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            return false;
        }
    }

    /** Where the last name of a path lies, whether it is there or not; null where what is above it is not. */
    private @Nullable Path existing(String path) throws IOException {
        requireName(path);
        String above = parent(path);
        try {
            return (above.isEmpty() ? root : inside(root.resolve(above), path)).resolve(name(path));
        } catch (NoSuchFileException e) {
            return null;
        } catch (FileSystemException e) {
            if (LocalStore.isBelowFile(root, above)) {
                throw OuterProblems.notDirectory(place(path));
            }
            throw e;
        }
    }

    /** The root itself has none, nor has what is above it. */
    private void requireName(String path) {
        if (!OuterProblems.isName(name(path))) {
            throw OuterProblems.notFound(place(path));
        }
    }

    private Path inside(Path directory, String path) throws IOException {
        Path real = directory.toRealPath();
        if (!real.startsWith(root)) {
            throw OuterProblems.notFound(place(path));
        }
        if (!Files.isDirectory(real)) {
            throw OuterProblems.notDirectory(place(path));
        }
        return real;
    }

    /** Who is told to stop, since nobody waits for it any more, removes nothing further. */
    private static void removeTree(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes is) throws IOException {
                requireWanted(file);
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                requireWanted(each);
                Files.deleteIfExists(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void requireWanted(Path at) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("told to stop before " + at);
        }
    }

    /** What was left here by those who died while they wrote. */
    private void sweep(Path directory) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(
                directory, file -> TemporaryName.is(file.getFileName().toString()))) {
            for (Path file : all) {
                if (sweeps.isLeft(Files.getLastModifiedTime(file, SELF).toInstant())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // No reason not to put a file there: it is looked through again.
        }
    }

    /** So that a name outlives the machine, where its file system can do that. */
    private static void force(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Its bytes are there; the name is as safe as this file system makes it.
        }
    }

    private String place(String path) {
        return uri + "/" + path;
    }

    private static String parent(String path) {
        int end = path.lastIndexOf('/');
        return end < 0 ? "" : path.substring(0, end);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private final class Writer implements OuterWriter {
        private final String path;
        private final Path target;
        private final Path temporary;
        private final boolean overwrite;
        private final FileChannel channel;
        private long position;
        private long forced;

        Writer(String path, Path target, Path temporary, boolean overwrite, FileChannel channel) {
            this.path = path;
            this.target = target;
            this.temporary = temporary;
            this.overwrite = overwrite;
            this.channel = channel;
        }

        @Override
        public void write(ByteBuf bytes) {
            try {
                for (int at = bytes.readerIndex(); at < bytes.writerIndex(); ) {
                    int count = bytes.getBytes(at, channel, position, bytes.writerIndex() - at);
                    at += count;
                    position += count;
                }
                if (position - forced >= FORCED_BYTES) {
                    channel.force(false);
                    forced = position;
                }
            } catch (IOException e) {
                throw LocalStore.failed(place(path), e);
            }
        }

        @Override
        public void commit() {
            try {
                channel.force(true);
                channel.close();
                if (overwrite) {
                    replace();
                } else {
                    moveUnlessThere(temporary, target);
                }
                force(target.resolveSibling(""));
            } catch (FileAlreadyExistsException e) {
                throw OuterProblems.exists(place(path));
            } catch (IOException e) {
                throw LocalStore.failed(place(path), e);
            } finally {
                close();
            }
        }

        private void replace() throws IOException {
            if (Files.isDirectory(target, SELF)) {
                throw OuterProblems.isDirectory(place(path));
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void close() {
            try {
                channel.close();
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                // It is swept later.
            }
        }
    }
}
