package io.swarmgrid.storage.block;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes directories that are there after a power cut, too: a name stays for certain once the directory that has it was forced. */
public final class NewDirectory {
    private NewDirectory() {}

    /** Makes what is missing of it and of those above it. */
    public static void make(Path directory) throws IOException {
        Path wanted = directory.toAbsolutePath().normalize();
        Path above = wanted.getParent();
        if (above == null || Files.isDirectory(wanted)) {
            return;
        }
        make(above);
        Files.createDirectories(wanted); // by somebody else meanwhile, perhaps
        try {
            Disk.forceDirectory(above);
        } catch (AccessDeniedException e) {
            // One may be allowed to make something there and not to look: then the file system does it in its own time.
        }
    }
}
