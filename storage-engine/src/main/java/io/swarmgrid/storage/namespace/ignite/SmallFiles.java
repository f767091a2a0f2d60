package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.PathWalk.Place;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Files whose bytes are kept in the metadata: each change of one is a transaction of one partition. Thread-safe. */
final class SmallFiles {
    private static final byte[] NONE = {};

    private final Runner runner;
    private final PathWalk walk;
    private final Publishing directories;
    private final Ids ids;
    private final NewInodes newInodes;
    private final Clock clock;

    SmallFiles(Runner runner, PathWalk walk, Publishing directories, Ids ids, NewInodes newInodes, Clock clock) {
        this.runner = runner;
        this.walk = walk;
        this.directories = directories;
        this.ids = ids;
        this.newInodes = newInodes;
        this.clock = clock;
    }

    /** Makes a file with these bytes; what is missing above it is made, unless it is to replace a certain file. */
    FileStatus put(GridPath path, PutOptions options, byte[] bytes) {
        return options.over() == null
                ? make(path, options, bytes, () -> directories.placeMade(path, options.owner(), 0))
                : make(path, options, bytes, () -> walk.requirePlace(path));
    }

    FileStatus createEmpty(GridPath path, PutOptions options) {
        return make(path, options, NONE, () -> walk.requirePlace(path));
    }

    private FileStatus make(GridPath path, PutOptions options, byte[] bytes, Supplier<Place> where) {
        AttributeStep.checkOfFile(options.attributes(), path.toString());
        String operation =
                options.operation() == null ? null : options.operation().value();
        return Runner.untilFresh(() -> {
            Place place = where.get();
            long fileId = ids.fileIn(place.parentId());
            Linking.Target target = new Linking.Target(place, options);
            Inode inode = newInodes.of(path, place, options, Inode.Content.inline(bytes.length));
            PutInlineStep step = new PutInlineStep(target, fileId, inode, bytes, operation, clock.millis());
            return Outcome.decode(runner.change(place.parentId(), step)).entry();
        });
    }

    /** Gives an empty file its bytes. */
    FileStatus fill(long fileId, byte[] bytes, @Nullable Long modifiedMs, @Nullable OperationId operation) {
        // A second run, after a node was lost, finds a file that is not empty: it has to know that it was the first
        // one.
        String name = operation == null ? "fill:" + Long.toHexString(ids.token()) : operation.value();
        long whenMs = modifiedMs == null ? clock.millis() : modifiedMs;
        FillStep step = new FillStep(fileId, bytes, name, whenMs);
        return Runner.untilFresh(
                () -> Outcome.decode(runner.change(fileId, step)).entry());
    }
}
