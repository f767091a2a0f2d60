package io.swarmgrid.storage.block;

import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** What the store's index has of a block. */
sealed interface Slot permits Slot.Sealed, Slot.Busy, LocalBlockWriter {
    /**
     * A sealed block.
     *
     * @param diskBytes of the block and its sidecar
     * @param copy the same as long as it is this copy: one that is made anew has another. Its files are removed, and its sidecar is
     *     replaced, only by who holds its lock
     */
    record Sealed(StoredBlock block, Tier tier, long diskBytes, Object copy) implements Slot {
        Sealed(StoredBlock block, Tier tier, long diskBytes) {
            this(block, tier, diskBytes, new Object());
        }

        /**
         * A block as its sidecar has it; the file may be longer.
         *
         * @throws Sidecar.DamagedException where the file is shorter, or the sidecar is not whole
         */
        static Sealed recorded(Path file, Tier tier) throws IOException {
            Path meta = Tier.sidecar(file);
            Sidecar sidecar = Sidecar.readHead(meta);
            long fileBytes = Files.size(file);
            if (fileBytes < sidecar.lengthBytes()) {
                throw new Sidecar.DamagedException(
                        "block has " + fileBytes + " of " + sidecar.lengthBytes() + " bytes: " + file);
            }
            return new Sealed(sidecar.stored(file), tier, sidecar.lengthBytes() + Files.size(meta));
        }

        /** The same copy once it is on the device, with a sidecar that says so. */
        Sealed onDevice(int[] spans) throws IOException {
            StoredBlock durable = block.with(Durability.POWER);
            Disk.force(block.path());
            Sidecar.write(Sidecar.of(durable).encode(spans), block.path(), true);
            return new Sealed(durable, tier, diskBytes, copy);
        }

        /** The same copy under a later epoch: at each moment one of the two names has its sidecar. */
        Sealed raised(long epoch, int[] spans) throws IOException {
            StoredBlock later = block.under(epoch, tier.block(block.id(), epoch));
            Sidecar.write(Sidecar.of(later).encode(spans), later.path(), block.durability() == Durability.POWER);
            Files.move(block.path(), later.path(), StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(Tier.sidecar(block.path()));
            Disk.forceDirectory(later.path().resolveSibling(""));
            return new Sealed(later, tier, diskBytes, copy);
        }
    }

    /** A block that is just being made or removed; equal to nothing but itself. */
    final class Busy implements Slot {}

    /** The block of a slot, where that has one. */
    static @Nullable StoredBlock stored(@Nullable Slot slot) {
        if (slot instanceof Sealed sealed) {
            return sealed.block();
        }
        return slot instanceof LocalBlockWriter writer ? writer.stored() : null;
    }

    static long epochOf(Slot slot) {
        StoredBlock block = stored(slot);
        return block == null ? -1 : block.epoch();
    }
}
