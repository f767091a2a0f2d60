package io.swarmgrid.storage.file;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a file begins and ends in the metadata: as a put that nobody sees before, or visible from the beginning. */
sealed interface Ending {
    /** The file, once it is too large to be kept in the metadata, or readers are to see it. */
    OpenFile begin();

    /** Ends a small file. */
    FileStatus inline(byte[] bytes, Closing closing);

    /** Ends a file of blocks. */
    FileStatus blocks(WriteJob job, List<BlockId> sealed, long lengthBytes, Closing closing);

    /** What is there becomes of no put, and stays of a visible file. */
    boolean keepsWhatThereIs();

    /** Whether what was written of a visible file can be put on devices. */
    boolean canSync();

    /** The writer cannot or will not end the file. */
    void giveUp(OpenFile file);

    /** A put. */
    record Put(FileMetadata metadata, GridPath target, PutOptions options) implements Ending {
        @Override
        public OpenFile begin() {
            return metadata.begin(target, options);
        }

        @Override
        public FileStatus inline(byte[] bytes, Closing closing) {
            return metadata.putInline(target, options, bytes);
        }

        @Override
        public FileStatus blocks(WriteJob job, List<BlockId> sealed, long lengthBytes, Closing closing) {
            FileStatus status = metadata.commit(job.file(), sealed);
            // A put that was done before answers with the file of then: what was written now is not wanted.
            boolean ours = status.id() == job.file().fileId();
            job.discardAllBut(ours ? Set.copyOf(sealed) : Set.of());
            return status;
        }

        @Override
        public boolean keepsWhatThereIs() {
            return false;
        }

        @Override
        public boolean canSync() {
            return false;
        }

        @Override
        public void giveUp(OpenFile file) {
            abandon(metadata, file);
        }
    }

    /** A file that was made visible before its first byte. */
    record Visible(FileMetadata metadata, OpenFile file) implements Ending {
        @Override
        public OpenFile begin() {
            return file;
        }

        @Override
        public FileStatus inline(byte[] bytes, Closing closing) {
            return metadata.commitInline(file, bytes, closing);
        }

        @Override
        public FileStatus blocks(WriteJob job, List<BlockId> sealed, long lengthBytes, Closing closing) {
            FileStatus status = metadata.close(file, sealed, lengthBytes, closing);
            job.discardAllBut(Set.copyOf(sealed));
            return status;
        }

        @Override
        public boolean keepsWhatThereIs() {
            return true;
        }

        @Override
        public boolean canSync() {
            return file.durability() != Durability.MEMORY;
        }

        @Override
        public void giveUp(OpenFile open) {
            abandon(metadata, file);
        }
    }

    private static void abandon(FileMetadata metadata, OpenFile file) {
        try {
            metadata.abandon(file);
        } catch (GridException e) {
            Logger log = LoggerFactory.getLogger(Ending.class);
            log.warn("cannot give a file up, its lease will end: path={} error={}", file.path(), e.getMessage());
        }
    }
}
