package io.swarmgrid.node.bench.worker;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files below a directory of this machine, one copy of each. */
final class PlainStore implements Store {
    private final Path root;

    PlainStore(Path root) {
        this.root = root;
    }

    @Override
    public void writeDurably(String path, int replicas, Content content) throws IOException {
        Path file = file(path);
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            content.writeTo((bytes, offset, length) -> {
                ByteBuffer piece = ByteBuffer.wrap(bytes, offset, length);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            });
            channel.force(true);
        }
    }

    @Override
    public void writeSmall(String path, byte[] content) throws IOException {
        Files.write(file(path), content);
    }

    @Override
    public Reader open(String path) throws IOException {
        FileChannel channel = FileChannel.open(file(path), StandardOpenOption.READ);
        return new Reader() {
            @Override
            public int read(byte[] target) throws IOException {
                return channel.read(ByteBuffer.wrap(target));
            }

            @Override
            public void readAt(long from, byte[] target) throws IOException {
                ByteBuffer left = ByteBuffer.wrap(target);
                while (left.hasRemaining()) {
                    if (channel.read(left, from + left.position()) < 0) {
                        throw new EOFException(path + " ends before " + (from + target.length));
                    }
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public long sizeBytes(String path) throws IOException {
        return Files.size(file(path));
    }

    @Override
    public long list(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(file(directory))) {
            return entries.count();
        }
    }

    @Override
    public void makeDirectories(String directory) throws IOException {
        Files.createDirectories(file(directory));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(file(from), file(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void remove(String file) throws IOException {
        Files.delete(file(file));
    }

    @Override
    public void removeTree(String directory) throws IOException {
        Path top = file(directory);
        if (!Files.exists(top)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> below = Files.walk(top)) {
            all = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.delete(each);
        }
    }

    @Override
    public void close() {}

    private Path file(String path) {
        return root.resolve(path.substring(1));
    }
}
