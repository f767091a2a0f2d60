package io.swarmgrid.node.flight;

import io.swarmgrid.checkpoint.StepGuard;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.ChecksumRequest;
import io.swarmgrid.client.wire.Concat;
import io.swarmgrid.client.wire.CreateFile;
import io.swarmgrid.client.wire.FileBlocks;
import io.swarmgrid.client.wire.FileChecksum;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.FillFile;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.client.wire.PutMany;
import io.swarmgrid.client.wire.PutManyResult;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.SetAttribute;
import io.swarmgrid.client.wire.SetReplication;
import io.swarmgrid.client.wire.SetStatus;
import io.swarmgrid.client.wire.SmallPut;
import io.swarmgrid.client.wire.StatRequest;
import io.swarmgrid.client.wire.Truncate;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.file.StoredChecksum;
import io.swarmgrid.storage.mounted.Outside;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.StoragePolicy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The actions {@code fs.*}. Thread-safe. */
final class FileActions {
    /** What takes no turn among the bytes of its class. */
    private static final int MAX_PUT_BYTES = 64 << 10;

    private final Files files;
    private final FileMetadata metadata;
    private final FileStore store;
    private final Outside outside;
    private final StepGuard steps;
    private final PageTokens pages;
    private final int maxPage;

    FileActions(Services services) {
        this.files = services.files();
        this.metadata = services.metadata();
        this.store = services.store();
        this.outside = services.outside();
        this.steps = services.steps();
        this.pages = new PageTokens(services.gridSecret());
        this.maxPage = services.config().limits().listPage();
    }

    void addTo(ActionTable table) {
        table.add("fs.stat", "One entry: {path, id, hint}", Grant.READ, StatRequest.class, (call, ask) -> stat(ask));
        table.add(
                "fs.list",
                "A page of a directory: {path, page_size, page_token}",
                Grant.READ,
                ListRequest.class,
                (call, ask) -> list(ask));
        table.add("fs.mkdir", "Make a directory: {path, parents}", Grant.WRITE, MakeDirectory.class, this::make);
        table.add(
                "fs.create",
                "Make an empty file: {path, owner, group, permission, operation_id}",
                Grant.WRITE,
                CreateFile.class,
                this::create);
        table.add(
                "fs.fill",
                "Give an empty file its few bytes: {path, id, content, crc32c, modified_ms, operation_id}",
                Grant.WRITE,
                FillFile.class,
                this::fill);
        table.add(
                "fs.put",
                "Put a small file: {path, content, crc32c, overwrite, put_id, replicas, durability}",
                Grant.WRITE,
                SmallPut.class,
                this::put);
        table.add(
                "fs.put_many",
                "Make small files of one directory, all or none: {path, files: [{name, content, crc32c}], overwrite, replicas,"
                        + " durability, operation_id}",
                Grant.WRITE,
                PutMany.class,
                this::putMany);
        table.add("fs.rename", "Rename: {from, to, overwrite, operation_id}", Grant.WRITE, Rename.class, this::rename);
        table.add(
                "fs.remove",
                "Remove: {path, recursive, skip_trash, operation_id}",
                Grant.WRITE,
                Remove.class,
                this::remove);
        table.add(
                "fs.locate",
                "The blocks of a file and who has them: {path}",
                Grant.READ,
                PathRequest.class,
                (call, ask) -> locate(ask));
        table.add(
                "fs.checksum",
                "CRC32C of a file, from those of its blocks: {path, size_bytes}",
                Grant.READ,
                ChecksumRequest.class,
                this::checksum);
        table.add(
                "fs.set_replication",
                "How many copies of a file there should be: {path, replicas}",
                Grant.WRITE,
                SetReplication.class,
                (call, ask) -> setReplication(ask));
        table.add(
                "fs.set_attribute",
                "A small text beside an entry: {path, name, value}",
                Grant.WRITE,
                SetAttribute.class,
                (call, ask) -> setAttribute(ask));
        table.add(
                "fs.truncate",
                "Cut a closed file: {path, size_bytes, id}",
                Grant.WRITE,
                Truncate.class,
                (call, ask) -> store.truncate(CallerPaths.parse(ask.path()), ask.sizeBytes(), ask.id()));
        table.add(
                "fs.concat",
                "Join closed files to one: {path, sources, operation_id}",
                Grant.WRITE,
                Concat.class,
                this::concat);
        table.add(
                "fs.recover_lease",
                "Close a file that is open, whoever writes it: {path}",
                Grant.WRITE,
                PathRequest.class,
                (call, ask) -> store.recover(call, CallerPaths.parse(ask.path())));
        table.add(
                "fs.set_status",
                "Owner, group, permission, time: {path, owner, group, permission, modified_ms}",
                Grant.WRITE,
                SetStatus.class,
                (call, ask) -> files.setStatus(
                        CallerPaths.parse(ask.path()),
                        new StatusChange(ask.owner(), ask.group(), ask.permission(), ask.modifiedMs())));
    }

    private FileStatus stat(StatRequest ask) {
        GridPath path = CallerPaths.parse(ask.path());
        Long id = ask.id();
        if (id == null) {
            return Boolean.FALSE.equals(ask.hint())
                    ? files.find(path).orElseThrow(() -> GridException.notFound(path, null))
                    : files.stat(path);
        }
        if (Outside.isOutside(id)) {
            return files.find(path)
                    .filter(found -> found.id() == id)
                    .orElseThrow(
                            () -> GridException.notFound(path, "the file was changed or removed in the outer store"));
        }
        // A file that was removed is still known by its identity, and its name may be another's.
        GridPath now = CallerPaths.parse(metadata.layout(id).status().path());
        return files.find(now)
                .filter(found -> found.id() == id)
                .orElseThrow(() -> GridException.notFound(path, "the file with this id was removed"));
    }

    private Listing list(ListRequest ask) {
        GridPath directory = CallerPaths.parse(ask.path());
        int limit = PageTokens.size(ask.pageSize(), maxPage);
        Listing page = files.list(directory, pages.open(directory, ask.pageToken()), limit);
        List<FileStatus> entries = page.entries();
        if (page.nextPageToken() == null || entries.isEmpty()) {
            return new Listing(entries, null);
        }
        String last = GridPath.parse(entries.get(entries.size() - 1).path()).name();
        return new Listing(entries, pages.issue(directory, last));
    }

    private FileStatus make(CallContext call, MakeDirectory ask) {
        Files.Parents parents = Boolean.TRUE.equals(ask.parents()) ? Files.Parents.MAKE : Files.Parents.REQUIRE;
        return files.makeDirectory(CallerPaths.parse(ask.path()), call.caller().name(), parents);
    }

    private FileStatus create(CallContext call, CreateFile ask) {
        GridPath path = CallerPaths.parse(ask.path());
        steps.requireOutside(path, "make files in");
        StatusChange rights = new StatusChange(ask.owner(), ask.group(), ask.permission(), null); // checks them
        String owner = rights.owner() == null ? call.caller().name() : rights.owner();
        PutOptions options = PutOptions.create(owner)
                .rights(rights.group(), rights.permission())
                .operation(OperationId.of(call, "fs.create", path, ask.operationId()));
        return outside.change(path, () -> metadata.createEmpty(path, options));
    }

    private FileStatus fill(CallContext call, FillFile ask) {
        GridPath path = CallerPaths.parse(ask.path());
        StatusChange time = new StatusChange(null, null, null, ask.modifiedMs()); // checks it
        steps.requireOutside(
                CallerPaths.parse(metadata.layout(ask.id()).status().path()), "write");
        return metadata.fill(
                ask.id(), ask.bytes(), time.modifiedMs(), OperationId.of(call, "fs.fill", path, ask.operationId()));
    }

    private FileStatus put(CallContext call, SmallPut ask) {
        GridPath path = CallerPaths.parse(ask.path());
        byte[] bytes = ask.bytes();
        if (bytes.length > MAX_PUT_BYTES) {
            throw GridException.invalid("too large for one call: " + path + ", " + bytes.length + " bytes, at most "
                    + MAX_PUT_BYTES + ": put it as a stream");
        }
        try (FileWriter writer = store.put(call, path, PutOptions.asked(call, path, ask.file()))) {
            if (bytes.length > 0) {
                writer.write(ByteBuffer.wrap(bytes));
            }
            return writer.commit();
        }
    }

    private PutManyResult putMany(CallContext call, PutMany ask) {
        GridPath directory = CallerPaths.parse(ask.path());
        List<SmallFile> all = new ArrayList<>(ask.files().size());
        long sizeBytes = 0;
        for (PutMany.File file : ask.files()) {
            GridPath path = CallerPaths.visible(directory.child(file.name()));
            if (all.isEmpty()) {
                steps.requireOutside(path, "write"); // as any other of the same directory
            }
            SmallFile small = new SmallFile(path.name(), file.bytes());
            sizeBytes += small.bytes().length;
            all.add(small);
        }
        PutOptions options = PutOptions.create(call.caller().name())
                .replicas(StoragePolicy.replicas(ask.replicas()))
                .durability(StoragePolicy.asked(ask.durability()))
                .operation(OperationId.of(call, "fs.put_many", directory, ask.operationId()));
        PutOptions wanted = Boolean.TRUE.equals(ask.overwrite()) ? options.overwriting() : options;
        outside.requireInMetadata(directory);
        outside.change(directory, () -> {
            metadata.putMany(directory, all, wanted);
            return directory;
        });
        return new PutManyResult(directory.toString(), all.size(), sizeBytes);
    }

    private FileStatus rename(CallContext call, Rename ask) {
        GridPath from = CallerPaths.parse(ask.from());
        GridPath to = CallerPaths.parse(ask.to());
        requireNotRoot(from, "rename");
        steps.requireOutside(from, "rename");
        steps.requireOutside(to, "rename to");
        return files.rename(
                from,
                to,
                Boolean.TRUE.equals(ask.overwrite()),
                OperationId.of(call, "fs.rename", from, ask.operationId()));
    }

    private Removed remove(CallContext call, Remove ask) {
        GridPath path = CallerPaths.parse(ask.path());
        requireNotRoot(path, "remove");
        boolean removed = files.remove(
                path,
                Boolean.TRUE.equals(ask.recursive()),
                Boolean.TRUE.equals(ask.skipTrash()) ? Files.Removal.FOR_GOOD : Files.Removal.TO_TRASH,
                OperationId.of(call, "fs.remove", path, ask.operationId()));
        if (!removed) {
            files.stat(path); // says what is near
            throw GridException.notFound(path, "it was there a moment later: retry");
        }
        return new Removed(true);
    }

    private FileStatus concat(CallContext call, Concat ask) {
        GridPath path = CallerPaths.parse(ask.path());
        List<GridPath> sources = ask.sources().stream().map(CallerPaths::parse).toList();
        return store.concat(call, path, sources, OperationId.of(call, "fs.concat", path, ask.operationId()));
    }

    private FileBlocks locate(PathRequest ask) {
        GridPath path = CallerPaths.parse(ask.path());
        return new FileBlocks(path.toString(), files.locate(path));
    }

    private FileChecksum checksum(CallContext call, ChecksumRequest ask) {
        GridPath path = CallerPaths.parse(ask.path());
        Long asked = ask.sizeBytes();
        if (asked != null && asked < 0) {
            throw GridException.invalid("bad size_bytes: " + asked + ", expected at least 0");
        }
        try (FileReader file = store.open(call, path)) {
            long length = asked == null ? file.lengthBytes() : Math.min(asked, file.lengthBytes());
            int crc = StoredChecksum.of(file, length);
            return new FileChecksum(path.toString(), length, HexFormat.of().toHexDigits(crc));
        }
    }

    private FileStatus setAttribute(SetAttribute ask) {
        GridPath path = CallerPaths.parse(ask.path());
        if (PolicyAttributes.TTL.equals(ask.name()) && ask.value() != null) {
            steps.requireOutside(path, "give a time to live to");
        }
        return files.setAttribute(path, ask.name(), ask.value());
    }

    private FileStatus setReplication(SetReplication ask) {
        return files.setReplication(CallerPaths.parse(ask.path()), StoragePolicy.replicas(ask.replicas()));
    }

    private static void requireNotRoot(GridPath path, String what) {
        if (path.isRoot()) {
            throw GridException.invalid("cannot " + what + " the root");
        }
    }
}
