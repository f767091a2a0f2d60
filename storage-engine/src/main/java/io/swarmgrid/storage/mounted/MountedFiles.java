package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.storage.mounted.Outside.Place;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.StoragePolicy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The namespace with what lies below its mounts. What the grid has itself is found as fast as without: only what is not there, and a list of
 * nothing, may be a mount's.
 */
public final class MountedFiles implements Files {
    private final Files files;
    private final Outside outside;

    public MountedFiles(Files files, Outside outside) {
        this.files = files;
        this.outside = outside;
    }

    @Override
    public Optional<FileStatus> find(GridPath path) {
        Optional<FileStatus> own = files.find(path);
        return own.isPresent()
                ? own
                : outside.below(path).flatMap(place -> outside.find(place).map(entry -> outside.status(place, entry)));
    }

    @Override
    public FileStatus stat(GridPath path) {
        try {
            return files.stat(path);
        } catch (GridException e) {
            Place place = placeOf(path, e);
            return outside.status(place, outside.require(place));
        }
    }

    @Override
    public Listing list(GridPath directory, @Nullable String startAfter, int limit) {
        Listing own;
        try {
            own = files.list(directory, startAfter, limit);
        } catch (GridException e) {
            Place place = placeOf(directory, e);
            requireDirectory(place);
            return outside.list(place, startAfter, limit);
        }
        if (!own.entries().isEmpty() || own.nextPageToken() != null || directory.isRoot()) {
            return own;
        }
        Optional<Place> place = outside.at(directory);
        return place.isEmpty() ? own : outside.list(place.get(), startAfter, limit);
    }

    @Override
    public FileStatus makeDirectory(GridPath path, String owner, Parents parents) {
        try {
            return outside.change(path, () -> files.makeDirectory(path, owner, parents));
        } catch (GridException e) {
            if (e.code() != ErrorCode.UNSUPPORTED) {
                throw e;
            }
            Optional<FileStatus> there = parents == Parents.MAKE
                    ? find(path).filter(found -> found.kind() != EntryKind.FILE)
                    : Optional.empty();
            return there.orElseGet(() -> outside.changes().makeDirectory(writtenPlace(path, e), parents));
        }
    }

    @Override
    public FileStatus rename(GridPath source, GridPath target, boolean replaceFile, @Nullable OperationId operation) {
        Optional<Place> from = outside.changes().place(source);
        Optional<Place> to = from.isPresent() ? outside.changes().place(target) : Optional.empty();
        if (from.isPresent() && to.isPresent()) {
            return outside.changes().rename(from.get(), to.get(), replaceFile, operation);
        }
        return outside.change(
                source, () -> outside.change(target, () -> files.rename(source, target, replaceFile, operation)));
    }

    @Override
    public boolean remove(GridPath path, boolean recursive, Removal removal, @Nullable OperationId operation) {
        boolean removed = files.remove(path, recursive, removal, operation);
        if (!removed) {
            Optional<Place> place = outside.below(path);
            if (place.isPresent() && place.get().mount().writes()) {
                return outside.changes().remove(place.get(), recursive, operation);
            }
            if (place.isPresent() && outside.find(place.get()).isPresent()) {
                outside.requireNotBelow(path);
            }
        }
        return removed;
    }

    /** Of a directory of the grid without what is mounted below it. */
    @Override
    public Usage usage(GridPath path) {
        Optional<Place> place = path.isRoot() ? Optional.empty() : outside.at(path);
        return place.isPresent() ? outside.usage(place.get()) : files.usage(path);
    }

    @Override
    public List<BlockLocation> locate(GridPath path) {
        try {
            return files.locate(path);
        } catch (GridException e) {
            Place place = placeOf(path, e);
            if (outside.require(place).directory()) {
                throw new GridException(
                        ErrorCode.IS_A_DIRECTORY, "is a directory: " + path, path.toString(), null, null);
            }
            return List.of();
        }
    }

    @Override
    public Map<Long, List<BlockLocation>> locateAll(Collection<Long> fileIds) {
        return files.locateAll(
                fileIds.stream().filter(id -> !Outside.isOutside(id)).toList());
    }

    @Override
    public FileStatus setAttribute(GridPath path, String name, @Nullable String value) {
        return outside.change(path, () -> files.setAttribute(path, name, value));
    }

    @Override
    public FileStatus setReplication(GridPath path, int replicas) {
        return outside.change(path, () -> files.setReplication(path, replicas));
    }

    @Override
    public FileStatus keep(GridPath path, Keeping keeping) {
        return outside.change(path, () -> files.keep(path, keeping));
    }

    @Override
    public StoragePolicy policy(GridPath path) {
        return files.policy(path);
    }

    @Override
    public void requireReplaceable(GridPath target) {
        files.requireReplaceable(target);
    }

    @Override
    public void countAs(GridPath staged, GridPath target) {
        files.countAs(staged, target);
    }

    @Override
    public FileStatus setStatus(GridPath path, StatusChange change) {
        return outside.change(path, () -> files.setStatus(path, change));
    }

    @Override
    public FileStatus publish(Publication publication) {
        return outside.change(publication.target(), () -> files.publish(publication));
    }

    @Override
    public Optional<FileStatus> outcome(OperationId operation) {
        Optional<FileStatus> outer = outside.changes().outcomes().left(operation);
        return outer.isPresent() ? outer : files.outcome(operation);
    }

    /** @throws GridException the error, where it is none of a mount that is written to */
    private Place writtenPlace(GridPath path, GridException error) {
        return outside.below(path).filter(place -> place.mount().writes()).orElseThrow(() -> error);
    }

    private void requireDirectory(Place place) {
        if (!outside.require(place).directory()) {
            throw new GridException(
                    ErrorCode.NOT_A_DIRECTORY,
                    "not a directory: " + place.path(),
                    place.path().toString(),
                    null,
                    null);
        }
    }

    /** @throws GridException the error, where it is none of something that is not there, or that is not below a mount */
    private Place placeOf(GridPath path, GridException error) {
        if (error.code() != ErrorCode.NOT_FOUND) {
            throw error;
        }
        return outside.below(path).orElseThrow(() -> error);
    }
}
