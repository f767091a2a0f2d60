package io.swarmgrid.storage.repair;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.BlockWriter;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.block.StoredBlock;
import io.swarmgrid.storage.block.StrayBlock;
import io.swarmgrid.storage.block.WayHome;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** Blocks without bytes; a file for each, since repair looks at its age. Thread-safe. */
final class MemoryBlocks implements BlockStore {
    private final Path directory;
    private final Predicate<BlockId> isDamaged;
    private final Map<BlockId, StoredBlock> stored = new ConcurrentHashMap<>();

    /**
     * @param directory where the files are
     * @param isDamaged which copies do not read back
     */
    MemoryBlocks(Path directory, Predicate<BlockId> isDamaged) {
        this.directory = directory;
        this.isDamaged = isDamaged;
    }

    void put(BlockRecord block) {
        try {
            Path file = Files.createTempFile(directory, "block", "");
            stored.put(
                    block.id(),
                    new StoredBlock(
                            block.id(),
                            block.epoch(),
                            block.lengthBytes(),
                            block.crc32c(),
                            true,
                            new WayHome(block.fileId(), "", 0),
                            Durability.PROCESS,
                            file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it is there as it is recorded. */
    boolean has(BlockRecord block) {
        StoredBlock here = stored.get(block.id());
        return here != null && here.epoch() == block.epoch() && here.crc32c() == block.crc32c();
    }

    boolean has(BlockId id, long epoch) {
        StoredBlock block = stored.get(id);
        return block != null && block.epoch() == epoch;
    }

    @Override
    public BlockWriter create(BlockId id, long epoch, WayHome home, Durability durability, long reserveBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BlockWriter rewrite(
            BlockId id, Beginning of, long epoch, WayHome home, Durability durability, long reserveBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SealedBlock raise(BlockId id, long olderEpoch, long epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BlockReader open(BlockId id, long epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Loan lend(BlockId id, long epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SealedBlock settle(BlockId id, long epoch, long lengthBytes) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void harden(BlockId id, long epoch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BlockReader inspect(BlockId id, long epoch) {
        StoredBlock block = stored.get(id);
        if (block == null || block.epoch() != epoch) {
            throw new GridException(ErrorCode.NOT_FOUND, "not here: block=" + id);
        }
        return new BlockReader() {
            @Override
            public StoredBlock block() {
                return block;
            }

            @Override
            public ByteBuf read(long position, int length) {
                if (isDamaged.test(id)) {
                    throw new GridException(ErrorCode.CORRUPT_DATA, "damaged: block=" + id);
                }
                return Unpooled.buffer(length).writeZero(length);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Optional<StoredBlock> find(BlockId id) {
        return Optional.ofNullable(stored.get(id));
    }

    @Override
    public List<StoredBlock> list() {
        return List.copyOf(stored.values());
    }

    @Override
    public boolean delete(BlockId id, long epoch) {
        return has(id, epoch) && stored.remove(id) != null;
    }

    @Override
    public void quarantine(BlockId id, long epoch) {
        delete(id, epoch);
    }

    @Override
    public void quarantineIfBad(BlockId id, long epoch) {
        if (isDamaged.test(id)) {
            quarantine(id, epoch);
        }
    }

    @Override
    public List<StrayBlock> strays() {
        return List.of();
    }

    @Override
    public boolean adopt(StrayBlock stray, SealedBlock seal, WayHome home) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean dropStray(StrayBlock stray) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long usedBytes() {
        return stored.size() * FakeGrid.BLOCK_BYTES;
    }

    @Override
    public long capacityBytes() {
        return 1 << 20;
    }

    @Override
    public long freeBytes() {
        return 1 << 20;
    }

    @Override
    public int blocks() {
        return stored.size();
    }

    @Override
    public void close() {}
}
