package io.swarmgrid.node.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A local file that appears under its name when it is whole. */
final class PartFile {
    /** What fills it. */
    @FunctionalInterface
    interface Filling {
        void into(FileChannel out) throws IOException;
    }

    private PartFile() {}

    /** @throws FileAlreadyExistsException where it is there and may not be replaced */
    static void write(Path whole, boolean replace, Filling filling) throws IOException {
        if (Files.exists(whole) && !replace) {
            throw new FileAlreadyExistsException(whole + " (-f replaces it)");
        }
        Path part = whole.resolveSibling("." + whole.getFileName() + ".part");
        try {
            try (FileChannel out = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                filling.into(out);
            }
            Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
