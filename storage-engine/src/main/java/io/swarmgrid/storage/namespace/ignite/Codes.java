package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.namespace.BlockSpread;
import org.jspecify.annotations.Nullable;

/** The octets that stand for enum constants in stored records; an order of declaration may change, these may not. */
final class Codes {
    private Codes() {}

    static int of(EntryKind kind) {
        return switch (kind) {
            case FILE -> 1;
            case DIRECTORY -> 2;
            case DATASET -> 3;
        };
    }

    static EntryKind kind(int code) {
        return switch (code) {
            case 1 -> EntryKind.FILE;
            case 2 -> EntryKind.DIRECTORY;
            case 3 -> EntryKind.DATASET;
            default -> throw unknown("kind", code);
        };
    }

    static int of(Durability durability) {
        return switch (durability) {
            case MEMORY -> 1;
            case PROCESS -> 2;
            case POWER -> 3;
        };
    }

    static Durability durability(int code) {
        return switch (code) {
            case 1 -> Durability.MEMORY;
            case 2 -> Durability.PROCESS;
            case 3 -> Durability.POWER;
            default -> throw unknown("durability", code);
        };
    }

    static int of(BlockSpread spread) {
        return switch (spread) {
            case TOGETHER -> 1;
            case SPREAD -> 2;
        };
    }

    static BlockSpread spread(int code) {
        return switch (code) {
            case 1 -> BlockSpread.TOGETHER;
            case 2 -> BlockSpread.SPREAD;
            default -> throw unknown("spread", code);
        };
    }

    /** @param medium null for none */
    static int of(@Nullable Medium medium) {
        return medium == null
                ? 0
                : switch (medium) {
                    case MEM -> 1;
                    case SSD -> 2;
                    case HDD -> 3;
                };
    }

    static @Nullable Medium medium(int code) {
        return switch (code) {
            case 0 -> null;
            case 1 -> Medium.MEM;
            case 2 -> Medium.SSD;
            case 3 -> Medium.HDD;
            default -> throw unknown("medium", code);
        };
    }

    static GridException unknown(String what, int code) {
        return new GridException(ErrorCode.CORRUPT_DATA, "unknown " + what + " in a metadata record: " + code);
    }
}
