package io.swarmgrid.storage.block;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names of a block's files, and the order in which they go. */
record BlockFiles(BlockId id, long epoch, Kind kind) {
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})\\.(\\d{1,18})(|\\.meta|\\.meta\\.new)");

    enum Kind {
        BLOCK,
        SIDECAR,
        UNFINISHED_SIDECAR
    }

    /** What a file is by its name; null where it is none of ours. */
    static @Nullable BlockFiles parse(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (!name.matches()) {
            return null;
        }
        Kind kind =
                switch (name.group(3)) {
                    case "" -> Kind.BLOCK;
                    case Sidecar.SUFFIX -> Kind.SIDECAR;
                    default -> Kind.UNFINISHED_SIDECAR;
                };
        try {
            return new BlockFiles(BlockId.parse(name.group(1)), Long.parseLong(name.group(2)), kind);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The sidecar goes first: a block without one counts as nothing before the metadata has named it. */
    static void delete(Path block) throws IOException {
        Files.deleteIfExists(block.resolveSibling(block.getFileName() + LocalBlockWriter.TEMPORARY));
        Files.deleteIfExists(Tier.sidecar(block));
        Files.deleteIfExists(block);
    }
}
