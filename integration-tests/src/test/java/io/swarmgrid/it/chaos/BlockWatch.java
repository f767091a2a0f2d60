package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells of the files that appear among the blocks of nodes, as soon as they do. Confined to one thread. */
final class BlockWatch implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})\\.(\\d+)(|\\.meta)");

    private final Arena arena;
    private final WatchService service;
    private final Map<WatchKey, Shard> shards = new HashMap<>();

    private record Shard(NodeProcess node, Path directory) {}

    /**
     * A file that has appeared, or has taken its name.
     *
     * @param isCopy whether another node had the same block, sealed, by then
     */
    record Seen(NodeProcess node, Path file, long epoch, boolean isSidecar, boolean isCopy) {
        boolean isBlock() {
            return !isSidecar;
        }
    }

    private BlockWatch(Arena arena, WatchService service) {
        this.arena = arena;
        this.service = service;
    }

    /** Begins now. */
    static BlockWatch of(Arena arena, List<NodeProcess> nodes) throws IOException {
        BlockWatch watch = new BlockWatch(arena, FileSystems.getDefault().newWatchService());
        for (NodeProcess node : nodes) {
            for (Path shard : arena.shards(node)) {
                watch.shards.put(
                        shard.register(watch.service, StandardWatchEventKinds.ENTRY_CREATE), new Shard(node, shard));
            }
        }
        return watch;
    }

    /** The first one of this kind since the watch began; empty where none came. */
    Optional<Seen> await(Predicate<Seen> wanted, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        for (WatchKey key = next(deadline); key != null; key = next(deadline)) {
            Shard shard = shards.get(key);
            for (WatchEvent<?> event : key.pollEvents()) {
                if (shard != null && event.context() instanceof Path name) {
                    Optional<Seen> seen = seen(shard, name.toString()).filter(wanted);
                    if (seen.isPresent()) {
                        return seen;
                    }
                }
            }
            key.reset();
        }
        return Optional.empty();
    }

    private @Nullable WatchKey next(long deadline) throws InterruptedException {
        return service.poll(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private Optional<Seen> seen(Shard shard, String file) {
        Matcher name = NAME.matcher(file);
        if (!name.matches()) {
            return Optional.empty();
        }
        String sidecar = name.group(1) + "." + name.group(2) + ".meta";
        boolean copy = arena.nodes().stream()
                .filter(other -> !other.equals(shard.node))
                .anyMatch(other -> Files.exists(arena.blocks(other)
                        .resolve(shard.directory.getFileName())
                        .resolve(sidecar)));
        return Optional.of(new Seen(
                shard.node,
                shard.directory.resolve(file),
                Long.parseLong(name.group(2)),
                !name.group(3).isEmpty(),
                copy));
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}
