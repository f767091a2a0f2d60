package io.swarmgrid.storage.cache;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.config.CacheConfig;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.block.NearTier;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The near copies of a node. A copy is of one block of one epoch, length and checksum: what the block is no more is never found.
 * Thread-safe.
 */
public final class NearCopies implements AutoCloseable {
    /** Best first. */
    private final List<Shelf> shelves;
    /** Where blocks of other nodes come first, each into one of them; none where there are to be no near copies. */
    private final List<Shelf> homes;

    private final Fetches fetches;
    private final Keeper keeper;
    private final Loader loader;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder nearBytes = new LongAdder();
    private final LongAdder fetchedBytes = new LongAdder();
    private final LongAdder remoteBytes = new LongAdder();

    private NearCopies(List<Shelf> shelves, boolean shares, Fetches fetches, Keeper keeper) {
        this.shelves = List.copyOf(shelves);
        this.homes = shares ? homes(shelves) : List.of();
        this.fetches = fetches;
        this.keeper = keeper;
        this.loader = new Loader(shares ? shelves : List.of(), fetches);
    }

    /**
     * Takes in what an earlier run has left.
     *
     * @param tiers best first
     * @param chunkBytes brought at once; whole spans
     */
    public static NearCopies open(List<NearTier> tiers, CacheConfig config, ChunkBuffers buffers, int chunkBytes) {
        List<Shelf> shelves = new ArrayList<>();
        for (NearTier tier : tiers) {
            Shelf shelf = Shelf.open(tier, config, buffers);
            if (tier.bytesOf(config.share()) > 0 || tier.bytesOf(config.pinShare()) > 0) {
                shelves.add(shelf);
            }
        }
        return new NearCopies(
                shelves,
                tiers.stream().mapToLong(tier -> tier.bytesOf(config.share())).sum() > 0,
                new Fetches(config.maxFetches(), buffers, chunkBytes),
                new Keeper(shelves, buffers, chunkBytes));
    }

    /** The slowest that are not of the slowest kind: what is faster still is for what turns out to be read often. */
    private static List<Shelf> homes(List<Shelf> shelves) {
        Medium slowest = shelves.stream()
                .map(Shelf::medium)
                .filter(medium -> medium != Medium.HDD)
                .max(Comparator.naturalOrder())
                .orElse(Medium.HDD);
        return shelves.stream().filter(shelf -> shelf.medium() == slowest).toList();
    }

    /**
     * Opens a near copy.
     *
     * @return null where there is none
     */
    public @Nullable BlockReader open(SealedBlock block) {
        for (Shelf shelf : shelves) {
            BlockReader reader = shelf.open(block);
            if (reader != null) {
                return reader;
            }
        }
        return null;
    }

    /** Those that are kept. */
    public Keeper keeper() {
        return keeper;
    }

    /** Those that somebody asks for without having them kept. */
    public Loader loader() {
        return loader;
    }

    /** Lends a near copy to a reader on this machine; null where there is none. */
    public @Nullable Loan lend(SealedBlock block) {
        for (Shelf shelf : shelves) {
            Loan loan = shelf.lend(block);
            if (loan != null) {
                return loan;
            }
        }
        return null;
    }

    /** Whether there is one, as far as is known. */
    public boolean has(SealedBlock block) {
        return shelves.stream().anyMatch(shelf -> shelf.has(block));
    }

    /**
     * Keeps what somebody has read, if it is worth that.
     *
     * @param bytes all of it, left as they are
     * @return whether there is a near copy now
     */
    public boolean keep(SealedBlock block, ByteBuf bytes) {
        if (homes.isEmpty()) {
            return false;
        }
        Shelf shelf = homes.get(Math.floorMod(block.id().hashCode(), homes.size()));
        return shelf.isWanted(block, true) && shelf.keep(block, bytes);
    }

    /** Whether so many more of a length can be kept without anything having to go: then they are, whatever they are. */
    public boolean hasRoom(int count, long lengthBytes) {
        return !homes.isEmpty() && homes.stream().allMatch(shelf -> shelf.hasRoom(count, lengthBytes));
    }

    /** A near copy turned out to be damaged. */
    public void isBad(SealedBlock block) {
        shelves.forEach(shelf -> shelf.forget(block));
    }

    /** Somebody begins to read a block from its near copy. */
    public void hit(SealedBlock block) {
        hits.increment();
        for (Shelf shelf : shelves) {
            if (shelf.has(block)) {
                shelf.touch(block);
                bring(block, shelf.medium(), () -> new LocalOrigin(() -> open(block)));
                return;
            }
        }
    }

    /** Somebody begins to read a block of this node: where it is read often, it is brought into a tier that is nearer. */
    public void readHere(SealedBlock block, BlockStore blocks) {
        if (shelves.isEmpty()) {
            return;
        }
        Optional<Medium> medium = blocks.mediumOf(block.id());
        if (medium.isPresent()) {
            bring(block, medium.get(), () -> new LocalOrigin(() -> blocks.open(block.id(), block.epoch())));
        }
    }

    /**
     * Somebody begins to read a block of other nodes: it is brought here if it is worth that.
     *
     * @param inOrder whether it is read from one end to the other, as far as can be told: then it may be worth that at once
     */
    public void missed(SealedBlock block, boolean inOrder, Supplier<Origin> origin) {
        misses.increment();
        if (homes.isEmpty()) {
            return;
        }
        Shelf shelf = homes.get(Math.floorMod(block.id().hashCode(), homes.size()));
        if (shelf.isWanted(block, inOrder)) {
            fetches.begin(block, shelf, origin);
        }
    }

    /**
     * Reads a block of other nodes that is being brought here.
     *
     * @param inOrder whether the caller waits for what has not come yet
     * @return null where it is not, or the caller had better ask for it himself
     */
    public @Nullable ByteBuf fetched(SealedBlock block, long from, int length, boolean inOrder) {
        Fetch fetch = fetches.find(block);
        ByteBuf bytes = fetch == null ? null : fetch.read(from, length, inOrder);
        if (bytes != null) {
            fetchedBytes.add(length);
        }
        return bytes;
    }

    /** So much was read from a near copy. */
    public void readNear(int bytes) {
        nearBytes.add(bytes);
    }

    /** So much was read from another node, past all near copies. */
    public void readRemote(int bytes) {
        remoteBytes.add(bytes);
    }

    public NearCounts counts() {
        return new NearCounts(
                hits.sum(),
                misses.sum(),
                nearBytes.sum(),
                fetchedBytes.sum(),
                remoteBytes.sum(),
                shelves.stream().mapToLong(shelf -> shelf.evictions().all()).sum(),
                fetches.made(),
                fetches.failed());
    }

    /** How many near copies of pages of a group have gone cold, or made room. */
    public long pageEvictions(int group) {
        return shelves.stream()
                .mapToLong(shelf -> shelf.evictions().ofPages(group))
                .sum();
    }

    /** What near copies take now that are not kept. */
    public long heldBytes() {
        return shelves.stream().mapToLong(Shelf::heldBytes).sum();
    }

    /** What those take that are kept because somebody asked for them. */
    public long keptBytes() {
        return shelves.stream().mapToLong(Shelf::keptBytes).sum();
    }

    /** How many there are. */
    public int entries() {
        return shelves.stream().mapToInt(Shelf::entries).sum();
    }

    @Override
    public void close() {
        fetches.close();
    }

    /** Into the nearest tier above that finds it worth that. */
    private void bring(SealedBlock block, Medium from, Supplier<Origin> origin) {
        boolean begun = false;
        for (Shelf shelf : shelves) {
            if (shelf.medium().compareTo(from) >= 0) {
                return;
            }
            // All are asked: each has an opinion of its own, which it forms by being asked.
            if (shelf.isWanted(block, false) && !begun) {
                begun = true;
                fetches.begin(block, shelf, origin);
            }
        }
    }
}
