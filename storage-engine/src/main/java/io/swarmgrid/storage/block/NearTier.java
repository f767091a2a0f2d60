package io.swarmgrid.storage.block;

import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.LongPredicate;

/**
 * What a tier has for near copies: a directory of its own, {@code near}, where nothing looks for blocks, and the room that its
 * blocks do not take. Thread-safe.
 */
public final class NearTier {
    static final String DIRECTORY = "near";
    private static final WayHome NOWHERE = new WayHome(0, "", 0);

    private final Tier tier;
    private volatile LongPredicate yielding = bytes -> false;

    private NearTier(Tier tier) {
        this.tier = tier;
    }

    /** Counts what an earlier run has left, so that its room is not given away before somebody has looked at it. */
    static NearTier open(Tier tier) throws IOException {
        NearTier near = new NearTier(tier);
        Files.createDirectories(near.directory());
        Disk.permit(near.directory(), "rwx------");
        Files.walkFileTree(near.directory(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
                tier.space().nearFound(is.size());
                return FileVisitResult.CONTINUE;
            }
        });
        return near;
    }

    public Path directory() {
        return tier.directory().resolve(DIRECTORY);
    }

    /** The directory of a block's near copy. */
    public Path shard(BlockId id) {
        return directory().resolve(Tier.shard(id));
    }

    public Medium medium() {
        return tier.medium();
    }

    /** That part of what the tier may hold in all. */
    public long bytesOf(Reserve part) {
        return part.bytesOf(tier.capacityBytes());
    }

    /** What near copies may take: their share, or what is left of it by blocks and what is to stay free. */
    public long roomBytes(long shareBytes, long keepBytes) {
        return Math.max(0, Math.min(shareBytes, tier.freeBytes() - keepBytes));
    }

    /** What they take. */
    public long heldBytes() {
        return tier.space().nearBytes();
    }

    /**
     * Promises room to a near copy.
     *
     * @param shareBytes what near copies may take in all
     * @param keepBytes what they leave free
     */
    public boolean promise(long bytes, long shareBytes, long keepBytes) {
        return tier.promiseNear(bytes, shareBytes, keepBytes);
    }

    /**
     * Promises that a near copy may be kept.
     *
     * @param mostBytes what may be kept in all
     */
    public boolean promiseKept(long bytes, long mostBytes) {
        return tier.space().promiseKept(bytes, mostBytes);
    }

    /** Whatever other near copies have is had for one that is kept; false where blocks have the rest. */
    public boolean promiseRoom(long bytes) {
        while (!tier.promiseNear(bytes, Long.MAX_VALUE, 0)) {
            if (!giveWay(bytes)) {
                return false;
            }
        }
        return true;
    }

    /** There is no room for copies that are to be kept: so much had better move down. */
    public void want(long bytes) {
        tier.space().wanted(bytes);
    }

    /** It is not kept. */
    public void notKept(long bytes) {
        tier.space().notKept(bytes);
    }

    /** It is there, and kept from now on. */
    public void kept(long bytes) {
        tier.space().nearKept(bytes);
    }

    /** What was kept before is here still. */
    public void keptFound(long bytes) {
        tier.space().keptFound(bytes);
    }

    /** What was kept is gone. */
    public void keptGone(long bytes) {
        tier.space().keptGone(bytes);
    }

    /** What near copies that are kept take. */
    public long keptBytes() {
        return tier.space().keptBytes();
    }

    /** What is kept in all, or about to be: blocks that stay where they are as well. */
    public long pinnedBytes() {
        return tier.space().pinnedBytes();
    }

    /** Part of a promise became bytes on disk. */
    public void used(long bytes) {
        tier.space().nearUsed(bytes);
    }

    /** The rest of a promise is given back. */
    public void release(long bytes) {
        tier.space().nearReleased(bytes);
    }

    /** A file is gone. */
    public void gone(long bytes) {
        tier.space().nearGone(bytes);
    }

    /** @param gives removes near copies of at least so many bytes; false where it has none. It is asked with locks of writers held */
    public void yieldBy(LongPredicate gives) {
        yielding = gives;
    }

    boolean giveWay(long bytes) {
        return yielding.test(bytes);
    }

    /**
     * Opens a near copy.
     *
     * @param spans checksum of each span, not to be changed where the caller reads
     */
    public BlockReader open(SealedBlock block, Path file, int[] spans, ChunkBuffers buffers) throws IOException {
        return LocalBlockReader.open(
                new StoredBlock(
                        block.id(),
                        block.epoch(),
                        block.lengthBytes(),
                        block.crc32c(),
                        true,
                        NOWHERE,
                        Durability.MEMORY,
                        file),
                spans,
                buffers);
    }

    /**
     * Lends a near copy as {@link BlockStore#lend} a block.
     *
     * @param spans checksum of each span, not to be changed
     */
    public Loan lend(SealedBlock block, Path file, int[] spans) throws IOException {
        return tier.lend(file, block.lengthBytes(), spans);
    }
}
