package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands block files of a tier to readers of this machine: each by a second name that nobody can guess or list, which is taken
 * away once the reader has opened it. So a reader that is another user of the machine gets this one file and no other: the
 * directories of the blocks themselves need not be open to him. Thread-safe.
 */
final class Lending {
    private static final Logger LOG = LoggerFactory.getLogger(Lending.class);
    static final String DIRECTORY = "lent";
    private static final int NAME_BYTES = 16;
    private static final int MAX_LENT = 4096;

    private final Path directory;
    private final SecureRandom random = new SecureRandom();
    private final Semaphore room = new Semaphore(MAX_LENT);

    private Lending(Path directory) {
        this.directory = directory;
    }

    /** Makes the directory, and takes away what an earlier run had lent. */
    static Lending open(Path tier) throws IOException {
        Path directory = Files.createDirectories(tier.resolve(DIRECTORY));
        Disk.permit(directory, "rwx--x--x");
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
            for (Path link : left) {
                Files.deleteIfExists(link);
            }
        }
        return new Lending(directory);
    }

    /**
     * Gives a file a second name; whoever opened it reads on when that is gone, and when the block is.
     *
     * @throws GridException OVERLOADED where too many are lent; UNSUPPORTED where the file system has no second names
     */
    Path lend(Path block) throws IOException {
        if (!room.tryAcquire()) {
            throw new GridException(ErrorCode.OVERLOADED, "too many blocks are lent: " + MAX_LENT);
        }
        boolean lent = false;
        try {
            byte[] name = new byte[NAME_BYTES];
            random.nextBytes(name);
            Path link = directory.resolve(HexFormat.of().formatHex(name));
            Files.createLink(link, block);
            lent = true;
            return link;
        } catch (UnsupportedOperationException e) {
            throw new GridException(ErrorCode.UNSUPPORTED, "a tier without links: " + directory, e);
        } finally {
            if (!lent) {
                room.release();
            }
        }
    }

    /** Takes the second name away. Once for each that was given. */
    void takeBack(Path link) {
        try {
            Files.deleteIfExists(link);
        } catch (IOException e) {
            LOG.warn("cannot take back what was lent, the next start does: file={} error={}", link, e.toString());
        } finally {
            room.release();
        }
    }
}
