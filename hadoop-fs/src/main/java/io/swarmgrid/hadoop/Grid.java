package io.swarmgrid.hadoop;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.ChecksumRequest;
import io.swarmgrid.client.wire.Concat;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileBlocks;
import io.swarmgrid.client.wire.FileChecksum;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.QuotaListing;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.SafeModeRequest;
import io.swarmgrid.client.wire.SafeModeStatus;
import io.swarmgrid.client.wire.SetAttribute;
import io.swarmgrid.client.wire.SetReplication;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.client.wire.StatRequest;
import io.swarmgrid.client.wire.Truncate;
import io.swarmgrid.client.wire.Usage;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The actions that a file system asks for. Thread-safe; throws {@link GridException}. */
final class Grid {
    private final GridClient client;

    Grid(GridClient client) {
        this.client = client;
    }

    GridClient client() {
        return client;
    }

    FileStatus stat(String path) {
        return client.action("fs.stat", new StatRequest(path, null), FileStatus.class);
    }

    /** The file with that identity, wherever it is by now. */
    FileStatus stat(String path, long id) {
        return client.action("fs.stat", new StatRequest(path, id), FileStatus.class);
    }

    /** Nothing where nothing is there, or a file is where a directory would have to be. */
    Optional<FileStatus> find(String path) {
        try {
            return Optional.of(client.action("fs.stat", new StatRequest(path, null, false), FileStatus.class));
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.NOT_A_DIRECTORY) {
                return Optional.empty();
            }
            throw e;
        }
    }

    static boolean isDirectory(FileStatus entry) {
        return entry.kind() != EntryKind.FILE;
    }

    static boolean isOpen(FileStatus entry) {
        return "open".equals(entry.state());
    }

    FileStatus truncate(String path, long sizeBytes) {
        return client.action("fs.truncate", new Truncate(path, sizeBytes), FileStatus.class);
    }

    FileStatus concat(String path, List<String> sources) {
        return client.action(
                "fs.concat", new Concat(path, sources, UUID.randomUUID().toString()), FileStatus.class);
    }

    /** Closes a file, whoever writes it. */
    FileStatus recoverLease(String path) {
        return client.action("fs.recover_lease", new PathRequest(path), FileStatus.class);
    }

    Listing list(String path, @Nullable String pageToken) {
        return client.action("fs.list", new ListRequest(path, null, pageToken), Listing.class);
    }

    /** Makes what is missing above it, too; a directory that is there is fine. */
    FileStatus makeDirectories(String path) {
        return client.action("fs.mkdir", new MakeDirectory(path, true), FileStatus.class);
    }

    FileStatus rename(String from, String to, boolean overwrite) {
        return client.action(
                "fs.rename", new Rename(from, to, overwrite, UUID.randomUUID().toString()), FileStatus.class);
    }

    void remove(String path, boolean recursive) {
        client.action("fs.remove", new Remove(path, recursive, UUID.randomUUID().toString()), Removed.class);
    }

    Usage usage(String path) {
        return client.action("fs.usage", new PathRequest(path), Usage.class);
    }

    /** The nearest one that a path counts for; null where there is none. */
    @Nullable
    QuotaStatus quota(String path) {
        List<QuotaStatus> all = client.action("fs.quota", new PathRequest(path), QuotaListing.class)
                .quotas();
        return all.isEmpty() ? null : all.get(all.size() - 1);
    }

    FileBlocks locate(String path) {
        return client.action("fs.locate", new PathRequest(path), FileBlocks.class);
    }

    /** @param sizeBytes of how many bytes from the beginning, at most all */
    FileChecksum checksum(String path, long sizeBytes) {
        return client.action("fs.checksum", new ChecksumRequest(path, sizeBytes), FileChecksum.class);
    }

    FileStatus setAttribute(String path, String name, @Nullable String value) {
        return client.action("fs.set_attribute", new SetAttribute(path, name, value), FileStatus.class);
    }

    FileStatus setStatus(SetStatus change) {
        return client.action("fs.set_status", change, FileStatus.class);
    }

    FileStatus setReplication(String path, int replicas) {
        return client.action("fs.set_replication", new SetReplication(path, replicas), FileStatus.class);
    }

    /** @param on null only asks */
    SafeModeStatus safeMode(@Nullable Boolean on) {
        return client.action("grid.safe_mode", new SafeModeRequest(on), SafeModeStatus.class);
    }

    GridStatus status() {
        return client.action("grid.status", new Nothing(), GridStatus.class);
    }
}
