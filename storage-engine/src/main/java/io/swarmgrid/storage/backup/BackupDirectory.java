package io.swarmgrid.storage.backup;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory that has backups, as one node sees it. Keeps nothing in memory; thread-safe. */
public final class BackupDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(BackupDirectory.class);
    /** What Ignite takes for a name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,64}");

    private static final String PART = "swarm-";
    private static final String JSON = ".json";
    private static final String STORES = "db";
    private static final String TYPES = "binary_meta";
    private static final String ENGINE_PART = ".smf";

    private final Path root;
    private final String node;

    /** @param node the one that looks */
    public BackupDirectory(Path root, String node) {
        this.root = root.toAbsolutePath().normalize();
        this.node = node;
    }

    /** @throws GridException INVALID_ARGUMENT */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw GridException.invalid(
                    "bad name of a backup: \"" + name + "\", expected 1 to 64 letters, digits and underscores");
        }
    }

    public Path root() {
        return root;
    }

    /** Where a backup lies. */
    public Path of(String name) {
        return root.resolve(name);
    }

    /**
     * Makes sure that a backup of this name can be written here.
     *
     * @throws GridException ALREADY_EXISTS, PRECONDITION_FAILED where the directory cannot be written
     */
    public void prepare(String name) {
        try {
            Files.createDirectories(root);
            Path probe = Files.createTempFile(root, ".swarm-", ".probe");
            Files.delete(probe);
        } catch (IOException e) {
            throw refused(
                    "cannot write backups into " + root + ": " + e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "give the node's user the right to write there, or name another directory",
                    e);
        }
        if (Files.exists(of(name))) {
            throw new GridException(
                    ErrorCode.ALREADY_EXISTS,
                    "there is a backup " + name + " already: node=" + node + ", directory=" + of(name),
                    of(name).toString(),
                    "give it another name, or remove that directory",
                    null);
        }
    }

    /** Puts what was written of a part on the device, and says that it is whole. */
    public void seal(BackupPart part) {
        Path backup = of(part.name());
        try {
            try (Stream<Path> files = Files.walk(store(part.name(), part.folder()))) {
                for (Path file : files.toList()) {
                    force(file);
                }
            }
            Path fresh = backup.resolve(PART + part.node() + ".new");
            Files.write(fresh, Json.write(part));
            force(fresh);
            Files.move(fresh, backup.resolve(PART + part.node() + JSON), StandardCopyOption.ATOMIC_MOVE);
            force(backup);
            force(root);
        } catch (IOException e) {
            throw refused("cannot finish the backup in " + backup + ": " + e, "free space, or mend the disk", e);
        }
    }

    /** Whether a node wrote a part: one that holds none of the metadata, as one that has just come, writes none. */
    public boolean hasPart(String name, String folder) {
        return Files.isDirectory(store(name, folder));
    }

    /** Bytes of a node's part. */
    public long storedBytes(String name, String folder) {
        try (Stream<Path> files = Files.walk(store(name, folder))) {
            long sum = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sum += Files.size(file);
            }
            return sum;
        } catch (IOException e) {
            throw refused("cannot read the backup in " + of(name) + ": " + e, "see the disk", e);
        }
    }

    /** Whether it is on the disk that has this other directory; a disk that cannot be told is taken for that one. */
    public boolean isBeside(Path other) {
        try {
            return Files.getFileStore(root).equals(Files.getFileStore(other));
        } catch (IOException e) {
            return true;
        }
    }

    /** The finished parts of all backups; none where the directory is not there. What cannot be read is passed over. */
    public List<BackupPart> parts() {
        List<BackupPart> parts = new ArrayList<>();
        try (DirectoryStream<Path> backups = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path backup : backups) {
                addParts(backup, parts);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw refused("cannot read the directory of backups " + root + ": " + e, "see its rights, and the disk", e);
        }
        return parts;
    }

    private static void addParts(Path backup, List<BackupPart> parts) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(backup, PART + "*" + JSON)) {
            for (Path file : files) {
                try {
                    byte[] json = Files.readAllBytes(file);
                    int version = Json.tree(json).path("format_version").asInt();
                    if (version <= BackupHead.FORMAT_VERSION) {
                        parts.add(Json.read(json, BackupPart.class));
                    } else {
                        LOG.warn("a newer version wrote this part of a backup: file={}, format={}", file, version);
                    }
                } catch (GridException e) {
                    LOG.warn("part of a backup cannot be read: file={}, problem={}", file, e.getMessage());
                }
            }
        }
    }

    /** Deletes a node's part, finished or not, and with the last one the backup. Idempotent. */
    public void delete(String name, String owner, String folder) {
        Path backup = of(name);
        try {
            Files.deleteIfExists(backup.resolve(PART + owner + JSON)); // first: what follows may be cut off
            Files.deleteIfExists(backup.resolve(folder + ENGINE_PART));
            deleteTree(store(name, folder));
            deleteTree(backup.resolve(STORES).resolve(TYPES).resolve(folder));
            if (!Files.isDirectory(backup) || !isLast(backup)) {
                return;
            }
            deleteTree(backup);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            LOG.debug("another node deletes the same backup: {}", backup);
        } catch (IOException e) {
            throw refused("cannot delete the backup " + backup + ": " + e, "remove it by hand", e);
        }
    }

    /** Whether no node has anything in it any more but what all share. */
    private static boolean isLast(Path backup) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(backup, "*{" + JSON + "," + ENGINE_PART + "}")) {
            return !left.iterator().hasNext();
        }
    }

    private Path store(String name, String folder) {
        return of(name).resolve(STORES).resolve(folder);
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private GridException refused(String what, String hint, IOException cause) {
        return new GridException(
                cause.toString().contains("No space left") ? ErrorCode.NO_SPACE : ErrorCode.PRECONDITION_FAILED,
                what + ", node=" + node,
                root.toString(),
                hint,
                cause);
    }
}
