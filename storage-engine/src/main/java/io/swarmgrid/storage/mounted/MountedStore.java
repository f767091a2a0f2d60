package io.swarmgrid.storage.mounted;

import io.grpc.ServerCallHandler;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.MountStatistics;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.mounted.Outside.Place;
import io.swarmgrid.storage.mounted.Pages.Hop;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.replica.DataPath;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of the grid with those below its mounts, which are read, and put where the mount is written to. */
public final class MountedStore implements FileStore, AutoCloseable {
    private final FileStore files;
    private final Outside outside;
    private final DataPath path;
    private final PageOrigin origin;
    private final Pages pages;

    /** @param files stays the caller's */
    public MountedStore(FileStore files, Outside outside, DataPath path) {
        this.files = files;
        this.outside = outside;
        this.path = path;
        this.origin = new PageOrigin(path, outside.stores());
        this.pages = new Pages(path, origin);
    }

    @Override
    public FileWriter put(CallContext context, GridPath target, PutOptions options) {
        Optional<Place> place = outside.changes().place(target);
        if (place.isPresent()) {
            return outside.changes().put(place.get(), options);
        }
        return outside.change(target, () -> files.put(context, target, options));
    }

    @Override
    public FileWriter create(CallContext context, GridPath target, PutOptions options) {
        return outside.change(target, () -> files.create(context, target, options));
    }

    @Override
    public FileWriter append(CallContext context, GridPath target, WriterId writer, @Nullable Long fileId) {
        return outside.change(target, () -> files.append(context, target, writer, fileId));
    }

    @Override
    public Continued resume(CallContext context, Return who) {
        return outside.change(who.path(), () -> files.resume(context, who));
    }

    @Override
    public FileStatus truncate(GridPath target, long lengthBytes, @Nullable Long fileId) {
        return outside.change(target, () -> files.truncate(target, lengthBytes, fileId));
    }

    @Override
    public FileStatus concat(
            CallContext context, GridPath target, List<GridPath> sources, @Nullable OperationId operation) {
        try {
            return outside.change(target, () -> files.concat(context, target, sources, operation));
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                sources.forEach(outside::requireNotBelow);
            }
            throw e;
        }
    }

    @Override
    public FileStatus recover(CallContext context, GridPath target) {
        return outside.change(target, () -> files.recover(context, target));
    }

    @Override
    public FileReader open(CallContext context, GridPath target) {
        try {
            return files.open(context, target);
        } catch (GridException e) {
            Optional<Place> place = e.code() == ErrorCode.NOT_FOUND ? outside.below(target) : Optional.empty();
            return open(context, place.orElseThrow(() -> e));
        }
    }

    @Override
    public FileReader open(CallContext context, GridPath target, long fileId) {
        if (!Outside.isOutside(fileId)) {
            return files.open(context, target, fileId);
        }
        Place place = outside.below(target)
                .orElseThrow(() -> GridException.notFound(target, "no outer store is mounted above it any more"));
        OuterReader reader = open(context, place);
        if (reader.layout().status().id() != fileId) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "the file was changed in the outer store since it was opened: " + target,
                    target.toString(),
                    "open it again",
                    null);
        }
        return reader;
    }

    @Override
    public FileReader open(CallContext context, long fileId) {
        return files.open(context, fileId);
    }

    @Override
    public FileReader open(CallContext context, FileLayout layout) {
        return files.open(context, layout);
    }

    /**
     * What is to be brought near of a file below a mount.
     *
     * @throws GridException NOT_FOUND
     */
    public LoadedPages pages(CallContext context, GridPath target) {
        Place place = outside.below(target).orElseThrow(() -> GridException.notFound(target, null));
        OuterFile file = file(place);
        return new LoadedPages(file, () -> reader(context, place, file), pages, path);
    }

    private OuterReader open(CallContext context, Place place) {
        return reader(context, place, file(place));
    }

    private OuterReader reader(CallContext context, Place place, OuterFile file) {
        FileStatus status = outside.status(place, file.version());
        return new OuterReader(file, status, pages, new OuterReader.Setting(path.buffers(), context, Hop.HOME), 0);
    }

    private OuterFile file(Place place) {
        OuterEntry entry = outside.require(place);
        if (entry.directory()) {
            throw new GridException(
                    ErrorCode.IS_A_DIRECTORY,
                    "is a directory: " + place.path(),
                    place.path().toString(),
                    null,
                    null);
        }
        return new OuterFile(place.mount().uri(), place.within(), entry);
    }

    /** What was read of each store through this node. */
    public List<MountStatistics> statistics() {
        return origin.statistics();
    }

    /** What this node has for the others. */
    public ServerCallHandler<Frame, Frame> readOuter() {
        return OuterSender.serving(path, pages, outside.stores());
    }

    /** Whether this node can read a store. */
    public ServerCallHandler<Frame, Frame> probeOuter() {
        return OuterAnswer.serving(
                OuterMessages.Probe.class, question -> OuterProbe.probe(outside.stores(), question.uri()));
    }

    /** What was read through this node. */
    public ServerCallHandler<Frame, Frame> countOuter() {
        return OuterAnswer.serving(OuterMessages.Count.class, question -> new OuterMessages.Counted(statistics()));
    }

    @Override
    public void close() {
        pages.close();
    }
}
