package io.swarmgrid.storage.block;

import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the blocks of a tier when a node starts. What a previous run left without a byte is deleted: nobody was told that it is
 * complete. What has bytes and no sidecar was not finished either, or has lost it, and is left to {@link Strays}. What is damaged is
 * put aside, and the rest goes on.
 */
final class TierScan {
    private static final Logger LOG = LoggerFactory.getLogger(TierScan.class);

    private final Tier tier;
    private final List<Slot.Sealed> sealed = new ArrayList<>();
    private final List<Strays.Found> strays = new ArrayList<>();
    private int leftovers;
    private int damaged;

    private TierScan(Tier tier) {
        this.tier = tier;
    }

    /** @param strays blocks without a sidecar */
    record Result(List<Slot.Sealed> sealed, List<Strays.Found> strays) {}

    /**
     * Looks at every file of the tier; the room of what stays is counted.
     *
     * @throws GridException PRECONDITION_FAILED where a newer version wrote a block; nothing is touched then but leftovers
     */
    static Result scan(Tier tier) {
        TierScan scan = new TierScan(tier);
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(tier.directory(), "[0-9a-f][0-9a-f]")) {
            for (Path shard : shards) {
                scan.shard(shard);
            }
        } catch (IOException e) {
            throw Disk.failed("cannot read tier " + tier.directory(), e);
        }
        scan.sealed.forEach(slot -> tier.space().found(slot.diskBytes()));
        scan.strays.forEach(stray -> tier.space().found(stray.block().lengthBytes()));
        LOG.info(
                "tier scanned path={} blocks={} used_bytes={} without_sidecar={} leftovers_deleted={} damaged={}",
                tier.directory(),
                scan.sealed.size(),
                tier.space().heldBytes(),
                scan.strays.size(),
                scan.leftovers,
                scan.damaged);
        return new Result(scan.sealed, scan.strays);
    }

    private void shard(Path shard) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(shard)) {
            listing.forEach(files::add);
        }
        for (Path file : files) {
            BlockFiles name = BlockFiles.parse(file);
            if (name == null) {
                LOG.warn("unknown file in a tier, left alone: file={}", file);
                continue;
            }
            switch (name.kind()) {
                case BLOCK -> block(file, name);
                case SIDECAR -> lonelySidecar(file);
                case UNFINISHED_SIDECAR -> Files.deleteIfExists(file);
            }
        }
    }

    private void block(Path file, BlockFiles name) throws IOException {
        Path meta = Tier.sidecar(file);
        if (!Files.exists(meta) && Files.isRegularFile(file)) {
            long lengthBytes = Files.size(file);
            if (lengthBytes > 0) {
                LOG.warn("block without a sidecar, the metadata will say whether it is wanted: file={}", file);
                strays.add(new Strays.Found(new StrayBlock(name.id(), name.epoch(), lengthBytes, file), tier));
            } else {
                Files.deleteIfExists(file);
                leftovers++;
            }
            return;
        }
        try {
            Inspection.requirePlain(file);
            Inspection.requirePlain(meta);
            Slot.Sealed slot = Slot.Sealed.recorded(file, tier);
            StoredBlock block = slot.block();
            if (!block.id().equals(name.id()) || block.epoch() != name.epoch()) {
                throw new Sidecar.DamagedException("sidecar belongs to block " + block.id() + ": " + meta);
            }
            cutOff(file, block.lengthBytes());
            sealed.add(slot);
        } catch (Sidecar.DamagedException e) {
            LOG.warn("damaged block put aside: file={} reason={}", file, e.getMessage());
            damaged++;
            tier.quarantine().put(meta);
            tier.quarantine().put(file);
        }
    }

    /**
     * Bytes that nobody was told of, or that a writer in place has put ahead, perhaps when the block had ended already: nobody's. He may
     * have the file open still and put more there, so that where they cannot be cut off they do no harm.
     */
    private static void cutOff(Path file, long lengthBytes) throws IOException {
        long fileBytes = Files.size(file);
        if (fileBytes == lengthBytes) {
            return;
        }
        LOG.info("block ends where it was recorded last: file={} length_bytes={} of {}", file, lengthBytes, fileBytes);
        try {
            Disk.cut(file, lengthBytes);
        } catch (IOException e) {
            LOG.warn("file of a block stays longer than the block: file={} error={}", file, e.toString());
        }
    }

    /** A block's sidecar is deleted before its file, so one that is alone says of a file that was lost. */
    private void lonelySidecar(Path file) throws IOException {
        String name = file.getFileName().toString();
        Path block = file.resolveSibling(name.substring(0, name.length() - Sidecar.SUFFIX.length()));
        if (Files.exists(block, LinkOption.NOFOLLOW_LINKS) || !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        LOG.warn("file of a block is gone, its sidecar goes too: file={}", block);
        damaged++;
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            tier.quarantine().put(file);
        } else {
            Files.deleteIfExists(file);
        }
    }
}
