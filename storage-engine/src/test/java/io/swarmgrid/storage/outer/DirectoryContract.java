package io.swarmgrid.storage.outer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a store over a directory of this machine, which others write into. */
public abstract class DirectoryContract extends OuterStoreContract {
    @TempDir
    protected Path folder = Path.of("replaced by JUnit");

    /** Of what is in the store: a directory in {@link #folder}, once {@link #makeRoot} was called. */
    protected Path root = folder;

    protected final void makeRoot() throws IOException {
        root = Files.createDirectory(folder.resolve("root")).toRealPath();
    }

    @Override
    protected final void write(String path, byte[] bytes) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    @Override
    protected final boolean makeDirectory(String path) throws IOException {
        Files.createDirectories(root.resolve(path));
        return true;
    }

    @Override
    protected final void remove(String path) throws IOException {
        Files.delete(root.resolve(path));
    }
}
