package io.swarmgrid.storage.membership;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names of classes that the engine has written down, a file each. It does not force them, so a power cut may leave one that is
 * empty, and with such a one it does not start. One that is missing is written anew when its class is used.
 */
final class ClassNames {
    private static final Logger LOG = LoggerFactory.getLogger(ClassNames.class);
    private static final String DIRECTORY = "db/marshaller";

    private ClassNames() {}

    /** Takes away those that have no name in them; before the engine starts. */
    static void tidy(Path metadata) {
        Path directory = metadata.resolve(DIRECTORY);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (Files.isRegularFile(file) && !isName(Files.readString(file, StandardCharsets.ISO_8859_1))) {
                    LOG.warn("the name of a class was cut off, it is written anew: file={}", file);
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("cannot look at the names of classes", e); // the engine says what it cannot do without
        }
    }

    private static boolean isName(String text) {
        return !text.isEmpty() && text.chars().noneMatch(each -> each <= ' ');
    }
}
