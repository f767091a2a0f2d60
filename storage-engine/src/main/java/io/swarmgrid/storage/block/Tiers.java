package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tiers of a node, best first. Thread-safe. */
final class Tiers implements AutoCloseable {
    private final List<Tier> tiers;

    private Tiers(List<Tier> tiers) {
        this.tiers = List.copyOf(tiers);
    }

    /** Opens all or none; the errors of {@link Tier#open}. */
    static Tiers open(List<TierConfig> configs, Reserve reserveFree, @Nullable TierOwner owner) {
        if (configs.isEmpty()) {
            throw GridException.invalid("a block store needs a tier");
        }
        List<Tier> opened = new ArrayList<>();
        boolean all = false;
        try {
            for (TierConfig config : configs) {
                opened.add(Tier.open(config, reserveFree, owner));
            }
            all = true;
            return new Tiers(opened);
        } finally {
            if (!all) {
                opened.forEach(Tier::close);
            }
        }
    }

    /** The blocks of all tiers: {@link TierScan}. */
    List<TierScan.Result> scan() {
        return tiers.stream().map(TierScan::scan).toList();
    }

    /**
     * Sets room aside in the best tier that has it and keeps what the durability asks for.
     *
     * @throws GridException NO_SPACE that names the tiers and what is free in them
     */
    Tier promise(BlockId id, Durability durability, long bytes) {
        for (Tier tier : tiers) {
            if (tier.takes(durability) && tier.promise(bytes)) {
                return tier;
            }
        }
        String described = tiers.stream()
                .filter(tier -> tier.takes(durability))
                .map(Tier::describe)
                .collect(Collectors.joining(", ", "[", "]"));
        throw new GridException(
                ErrorCode.NO_SPACE,
                "no tier has room: block=" + id + ", durability=" + durability + ", wanted_bytes=" + bytes + ", tiers="
                        + described,
                null,
                "remove files, raise a tier's capacity, or add a tier",
                null);
    }

    /** Best first. */
    List<Tier> all() {
        return tiers;
    }

    /** What is not in a quarantine. */
    long usedBytes() {
        return sum(tier -> tier.space().heldBytes() - tier.quarantine().bytes());
    }

    long capacityBytes() {
        return sum(Tier::capacityBytes);
    }

    long freeBytes() {
        return sum(Tier::freeBytes);
    }

    @Override
    public void close() {
        tiers.forEach(Tier::close);
    }

    /** Of the tiers that take what is written; one of memory counts only where there is no other: it would not take most of it. */
    private long sum(ToLongFunction<Tier> of) {
        boolean lasting = tiers.stream().anyMatch(tier -> tier.takes(Durability.PROCESS));
        return tiers.stream()
                .filter(tier -> !lasting || tier.takes(Durability.PROCESS))
                .mapToLong(of)
                .sum();
    }
}
