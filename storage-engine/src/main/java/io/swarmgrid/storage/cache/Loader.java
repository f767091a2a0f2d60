package io.swarmgrid.storage.cache;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.Heat;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/*
 * The opinion of what is worth the room is asked for nothing here: it would have each block read twice where all room is taken. Room is made
 * beforehand, of what is worth the least, and then the block comes into a place that nobody has. Once there it is one like the others.
 */
/** Brings near copies because somebody asks for them, and keeps them no more than others. Thread-safe. */
public final class Loader {
    /** Somebody else may bring it meanwhile, and to another tier. */
    private static final int TRIES = 2;
    /** So many blocks' room is made, or this part of all room, so that the next ones need not look for what could go. */
    private static final int AT_ONCE = 16;

    private static final int PART = 64;

    /** Best first; none where there are to be no near copies. */
    private final List<Shelf> shelves;

    private final Fetches fetches;

    Loader(List<Shelf> shelves, Fetches fetches) {
        this.shelves = List.copyOf(shelves);
        this.fetches = fetches;
    }

    /** What came of it. */
    public enum Outcome {
        NEAR,
        /** Nothing is left that could go for it. */
        FULL
    }

    /** What there are near copies on, best first. */
    public List<Medium> media() {
        return shelves.stream().map(Shelf::medium).distinct().toList();
    }

    /** What near copies may take on a medium, those that are kept aside, as of now; bytes. */
    public long roomBytes(Medium medium) {
        return on(medium).stream().mapToLong(Shelf::roomBytes).sum();
    }

    /** As how much of that a copy counts. */
    public long countsBytes(Medium medium, long lengthBytes) {
        return on(medium).stream()
                .mapToLong(shelf -> shelf.heat().countsBytes(NearFile.fileBytes(lengthBytes)))
                .max()
                .orElse(0);
    }

    /** Whether there is one on such a medium, or on a faster one. */
    public boolean isNear(SealedBlock block, Medium medium) {
        return shelves.stream().anyMatch(shelf -> shelf.medium().compareTo(medium) <= 0 && shelf.has(block));
    }

    /** The same of those that are kept, and take no room of the others. */
    public boolean isKept(SealedBlock block, Medium medium) {
        return shelves.stream().anyMatch(shelf -> shelf.medium().compareTo(medium) <= 0 && shelf.isKept(block));
    }

    /**
     * Brings a block on this thread, or waits for whoever does.
     *
     * @param stays which copies do not go for it
     * @throws GridException why it cannot be had
     */
    public Outcome load(
            SealedBlock block, Medium medium, Predicate<SealedBlock> stays, Supplier<? extends Origin> origin) {
        for (int i = 0; i < TRIES && !isNear(block, medium); i++) {
            Shelf into = madeRoom(block, medium, stays);
            Fetch mine = into == null ? null : fetches.bring(block, into, origin::get);
            GridException failure = mine == null ? null : mine.failure();
            if (failure != null) {
                throw failure;
            }
        }
        return isNear(block, medium) ? Outcome.NEAR : Outcome.FULL;
    }

    /**
     * The same of one that was read already.
     *
     * @param bytes all of it, left as they are
     */
    public Outcome keep(SealedBlock block, Medium medium, Predicate<SealedBlock> stays, ByteBuf bytes) {
        if (isNear(block, medium)) {
            return Outcome.NEAR;
        }
        Shelf into = madeRoom(block, medium, stays);
        return into != null && into.keep(block, bytes) ? Outcome.NEAR : Outcome.FULL;
    }

    /** Where there is a place for it now; null where there is none to be had. */
    private @Nullable Shelf madeRoom(SealedBlock block, Medium medium, Predicate<SealedBlock> stays) {
        List<Shelf> on = on(medium);
        for (int i = 0; i < on.size(); i++) {
            Shelf shelf = on.get(Math.floorMod(block.id().hashCode() + i, on.size()));
            if (makeRoom(shelf, block, stays)) {
                return shelf;
            }
        }
        return null;
    }

    private static boolean makeRoom(Shelf shelf, SealedBlock block, Predicate<SealedBlock> stays) {
        Heat<SealedBlock> heat = shelf.heat();
        long bytes = NearFile.fileBytes(block.lengthBytes());
        long roomBytes = shelf.roomBytes();
        long goingBytes = Math.max(bytes, Math.min(AT_ONCE * bytes, roomBytes / PART));
        List<SealedBlock> going = new ArrayList<>();
        boolean made;
        synchronized (heat) { // so that nobody takes the place that another has made
            heat.room(roomBytes);
            List<SealedBlock> coldest = List.of();
            do {
                coldest.forEach(heat::forget);
                going.addAll(coldest);
                made = heat.isWorthIt(block) || heat.hasRoom(1, bytes);
                coldest = made ? List.of() : heat.coldest(goingBytes, each -> !stays.test(each));
            } while (!coldest.isEmpty());
            if (made) {
                heat.add(block, bytes);
            }
        }
        shelf.settle();
        going.forEach(shelf::displace);
        return made;
    }

    private List<Shelf> on(Medium medium) {
        return shelves.stream().filter(shelf -> shelf.medium() == medium).toList();
    }
}
