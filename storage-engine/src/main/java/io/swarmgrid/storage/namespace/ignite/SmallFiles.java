package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.DataSize;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.ignite.PathWalk.Place;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private final DataSize most;

    /** @param most a file that is made with others, or is filled, may have */
    SmallFiles(
            Runner runner,
            PathWalk walk,
            Publishing directories,
            Ids ids,
            NewInodes newInodes,
            Clock clock,
            DataSize most) {
        this.runner = runner;
        this.walk = walk;
        this.directories = directories;
        this.ids = ids;
        this.newInodes = newInodes;
        this.clock = clock;
        this.most = most;
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

    /** Makes files of one directory, all or none, in one transaction; the directory is made where it is missing. */
    void putMany(GridPath directory, List<SmallFile> files, PutOptions options) {
        require(directory, files, options);
        GridPath first = directory.child(files.get(0).name());
        make(first, options, () -> {
            long parentId = directories.placeMade(first, options.owner(), 0).parentId();
            return files.stream()
                    .map(file -> file(new Place(directory.child(file.name()), parentId), options, file.bytes()))
                    .toList();
        });
    }

    private void require(GridPath directory, List<SmallFile> files, PutOptions options) {
        if (files.isEmpty() || files.size() > FileMetadata.MAX_SMALL_FILES) {
            throw GridException.invalid("cannot put " + files.size() + " files at once, only 1 to "
                    + FileMetadata.MAX_SMALL_FILES + ": " + directory);
        }
        if (options.over() != null) {
            throw GridException.invalid("many files cannot replace one: " + directory);
        }
        Set<String> names = new HashSet<>();
        for (SmallFile file : files) {
            requireSmall(directory.child(file.name()).toString(), file.bytes());
            if (!names.add(file.name())) {
                throw GridException.invalid("the same name twice: " + directory.child(file.name()));
            }
        }
    }

    private void requireSmall(String what, byte[] bytes) {
        if (bytes.length > most.bytes()) {
            throw GridException.invalid("cannot keep " + bytes.length + " bytes in the metadata, at most " + most
                    + " (storage.inline-size): " + what);
        }
    }

    private FileStatus make(GridPath path, PutOptions options, byte[] bytes, Supplier<Place> where) {
        return make(path, options, () -> List.of(file(where.get(), options, bytes)));
    }

    /** @return the last of them */
    private FileStatus make(GridPath path, PutOptions options, Supplier<List<PutInlineStep.File>> files) {
        AttributeStep.checkOfFile(options.attributes(), path.toString());
        String operation =
                options.operation() == null ? null : options.operation().value();
        return Runner.untilFresh(() -> {
            List<PutInlineStep.File> all = files.get();
            PutInlineStep step = new PutInlineStep(all, operation, clock.millis());
            return Outcome.decode(runner.change(all.get(0).parentId(), step)).entry();
        });
    }

    private PutInlineStep.File file(Place place, PutOptions options, byte[] bytes) {
        Inode inode = newInodes.of(place.path(), place, options, Inode.Content.inline(bytes.length));
        return new PutInlineStep.File(new Linking.Target(place, options), ids.fileIn(place.parentId()), inode, bytes);
    }

    /** Gives an empty file its bytes. */
    FileStatus fill(long fileId, byte[] bytes, @Nullable Long modifiedMs, @Nullable OperationId operation) {
        requireSmall("file " + fileId, bytes);
        // A second run, after a node was lost, finds a file that is not empty: it has to know that it was the first
        // one.
        String name = operation == null ? "fill:" + Long.toHexString(ids.token()) : operation.value();
        long whenMs = modifiedMs == null ? clock.millis() : modifiedMs;
        FillStep step = new FillStep(fileId, bytes, name, whenMs);
        return Runner.untilFresh(
                () -> Outcome.decode(runner.change(fileId, step)).entry());
    }
}
