package io.swarmgrid.checkpoint;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.WriterId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files that callers may write: all but those of committed steps, see {@link StepGuard}. Thread-safe. */
public final class GuardedStore implements FileStore {
    private final FileStore store;
    private final StepGuard guard;

    public GuardedStore(FileStore store, StepGuard guard) {
        this.store = store;
        this.guard = guard;
    }

    @Override
    public FileWriter put(CallContext context, GridPath path, PutOptions options) {
        guard.requireOutside(path, "write");
        return store.put(context, path, options);
    }

    @Override
    public FileWriter create(CallContext context, GridPath path, PutOptions options) {
        guard.requireOutside(path, "write");
        return store.create(context, path, options);
    }

    @Override
    public FileWriter append(CallContext context, GridPath path, WriterId writer, @Nullable Long fileId) {
        guard.requireOutside(path, "append to");
        return store.append(context, path, writer, fileId);
    }

    @Override
    public Continued resume(CallContext context, Return who) {
        guard.requireOutside(who.path(), "write");
        return store.resume(context, who);
    }

    @Override
    public FileStatus truncate(GridPath path, long lengthBytes, @Nullable Long fileId) {
        guard.requireOutside(path, "cut");
        return store.truncate(path, lengthBytes, fileId);
    }

    @Override
    public FileStatus concat(
            CallContext context, GridPath target, List<GridPath> sources, @Nullable OperationId operation) {
        guard.requireOutside(target, "join files to");
        sources.forEach(source -> guard.requireOutside(source, "join"));
        return store.concat(context, target, sources, operation);
    }

    @Override
    public FileStatus recover(CallContext context, GridPath path) {
        return store.recover(context, path);
    }

    @Override
    public FileReader open(CallContext context, GridPath path) {
        return store.open(context, path);
    }

    @Override
    public FileReader open(CallContext context, GridPath path, long fileId) {
        return store.open(context, path, fileId);
    }

    @Override
    public FileReader open(CallContext context, long fileId) {
        return store.open(context, fileId);
    }

    @Override
    public FileReader open(CallContext context, FileLayout layout) {
        return store.open(context, layout);
    }
}
