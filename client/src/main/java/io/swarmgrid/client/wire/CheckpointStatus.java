package io.swarmgrid.client.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One complete step of a series. */
public record CheckpointStatus(
        String series,
        long step,
        String path,
        long sizeBytes,
        long committedMs,
        @Nullable ObjectNode metadata,
        List<Shard> shards) {
    public CheckpointStatus {
        shards = List.copyOf(shards);
    }

    /** One shard, an ordinary file. */
    public record Shard(String name, String path, long sizeBytes, long id) {}
}
