package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.Mount;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.namespace.OperationId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A namespace in which one store is mounted, for all time, to be written to. */
record WrittenMount(GridPath path, String uri) implements Mounts {
    @Override
    public Optional<Mount> over(GridPath asked) {
        return asked.startsWith(path) ? Optional.of(mount()) : Optional.empty();
    }

    @Override
    public FileStatus attach(
            GridPath target, String address, boolean writes, String owner, @Nullable OperationId operation) {
        throw new AssertionError("not asked for");
    }

    @Override
    public void detach(GridPath target, @Nullable OperationId operation) {
        throw new AssertionError("not asked for");
    }

    @Override
    public List<Mount> list() {
        return List.of(mount());
    }

    private Mount mount() {
        Map<String, String> attributes = Map.of(Mounts.ATTRIBUTE, uri, Mounts.WRITES, "yes");
        return new Mount(
                path,
                uri,
                new FileStatus(path.toString(), EntryKind.DIRECTORY, 77, 0, 1, 0, 0, "ada", 0, null, attributes));
    }
}
