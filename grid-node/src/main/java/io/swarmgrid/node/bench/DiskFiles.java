package io.swarmgrid.node.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/** The files below a directory in which others make and remove files meanwhile. */
final class DiskFiles {
    private DiskFiles() {}

    /** The regular files and their lengths; what goes while this looks is left out. */
    static Map<Path, Long> below(Path directory) throws IOException {
        Map<Path, Long> sizes = new TreeMap<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    sizes.put(file, attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sizes;
    }

    static long bytes(Path directory) throws IOException {
        return below(directory).values().stream().mapToLong(Long::longValue).sum();
    }
}
