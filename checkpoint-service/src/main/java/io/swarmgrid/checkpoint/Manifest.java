package io.swarmgrid.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.CheckpointStatus;
import io.swarmgrid.client.wire.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@value #NAME} of a step says.
 *
 * @param format version of this layout
 * @param series where the step was committed; a series may have been renamed since
 * @param metadata the writer's own
 */
record Manifest(
        int format,
        String series,
        long step,
        long committedMs,
        @Nullable ObjectNode metadata,
        List<Entry> shards) {
    static final String NAME = "manifest.json";
    static final int FORMAT = 1;

    Manifest {
        shards = List.copyOf(shards);
    }

    /** One shard; {@code crc32c} over all of its bytes, eight hexadecimal digits. */
    record Entry(String name, long sizeBytes, long id, String crc32c) {}

    byte[] json() {
        return Json.write(this);
    }

    /** @throws GridException CORRUPT_DATA that names the path */
    static Manifest parse(byte[] json, GridPath path) {
        try {
            Manifest manifest = Json.read(json, Manifest.class);
            if (manifest.format() == FORMAT) {
                return manifest;
            }
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "cannot read manifest: path=" + path + ", format=" + manifest.format() + ", known=" + FORMAT,
                    path.toString(),
                    "a newer version of the product wrote it",
                    null);
        } catch (GridException e) {
            if (e.code() == ErrorCode.CORRUPT_DATA) {
                throw e;
            }
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "cannot read manifest: path=" + path + ": " + e.getMessage(),
                    path.toString(),
                    null,
                    e);
        }
    }

    /** @param at where the step lies now */
    CheckpointStatus status(Step at) {
        return new CheckpointStatus(
                at.series().toString(),
                at.number(),
                at.path().toString(),
                shards.stream().mapToLong(Entry::sizeBytes).sum(),
                committedMs,
                metadata,
                shards.stream()
                        .map(shard -> new CheckpointStatus.Shard(
                                shard.name(), at.path().child(shard.name()).toString(), shard.sizeBytes(), shard.id()))
                        .toList());
    }
}
