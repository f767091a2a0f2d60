package io.swarmgrid.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A namespace with its bytes, in memory, as far as tests ask for one; files are all inline. Thread-safe. */
public final class MemoryGrid implements Files, FileStore {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(FileStatus status, byte[] bytes) {}

    private final TreeMap<GridPath, Entry> entries = new TreeMap<>();
    private final Map<OperationId, FileStatus> outcomes = new HashMap<>();
    private long ids = 1;

    @Override
    public synchronized Optional<FileStatus> find(GridPath path) {
        return Optional.ofNullable(entries.get(path)).map(Entry::status);
    }

    @Override
    public synchronized FileStatus stat(GridPath path) {
        return find(path).orElseThrow(() -> GridException.notFound(path, null));
    }

    @Override
    public synchronized Listing list(GridPath directory, @Nullable String startAfter, int limit) {
        stat(directory);
        List<FileStatus> found = new ArrayList<>();
        for (Map.Entry<GridPath, Entry> entry : entries.entrySet()) {
            GridPath path = entry.getKey();
            if (directory.equals(path.parent())
                    && (startAfter == null || path.name().compareTo(startAfter) > 0)) {
                if (found.size() == limit) {
                    return new Listing(found, found.get(limit - 1).path());
                }
                found.add(entry.getValue().status());
            }
        }
        return new Listing(found, null);
    }

    @Override
    public synchronized FileStatus makeDirectory(GridPath path, String owner, Parents parents) {
        GridPath parent = path.parent();
        if (parent != null && !parent.isRoot()) {
            makeDirectory(parent, owner, parents);
        }
        return entries.computeIfAbsent(path, at -> new Entry(status(at, EntryKind.DIRECTORY, 0, owner), new byte[0]))
                .status();
    }

    @Override
    public synchronized FileStatus rename(
            GridPath source, GridPath target, boolean replaceFile, @Nullable OperationId operation) {
        Map<GridPath, Entry> moved = new TreeMap<>();
        entries.keySet().removeIf(path -> {
            if (!path.startsWith(source)) {
                return false;
            }
            GridPath place = target;
            for (String name :
                    path.names().subList(source.names().size(), path.names().size())) {
                place = place.child(name);
            }
            Entry entry = at(path);
            FileStatus old = entry.status();
            moved.put(
                    place,
                    new Entry(
                            new FileStatus(
                                    place.toString(),
                                    old.kind(),
                                    old.id(),
                                    old.sizeBytes(),
                                    old.version(),
                                    0,
                                    0,
                                    old.owner(),
                                    old.replicas(),
                                    old.state(),
                                    old.attributes()),
                            entry.bytes()));
            return true;
        });
        entries.putAll(moved);
        return stat(target);
    }

    @Override
    public synchronized boolean remove(GridPath path, boolean recursive, @Nullable OperationId operation) {
        return entries.keySet().removeIf(at -> at.startsWith(path));
    }

    @Override
    public Usage usage(GridPath path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<BlockLocation> locate(GridPath path) {
        stat(path);
        return List.of();
    }

    @Override
    public FileStatus setReplication(GridPath path, int replicas) {
        throw new UnsupportedOperationException("bytes in memory have no copies");
    }

    @Override
    public synchronized FileStatus setAttribute(GridPath path, String name, @Nullable String value) {
        FileStatus old = stat(path);
        Map<String, String> attributes = new HashMap<>(old.attributes() == null ? Map.of() : old.attributes());
        if (value == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, value);
        }
        FileStatus now = new FileStatus(
                old.path(),
                old.kind(),
                old.id(),
                old.sizeBytes(),
                old.version(),
                0,
                0,
                old.owner(),
                old.replicas(),
                old.state(),
                attributes);
        entries.put(path, new Entry(now, at(path).bytes()));
        return now;
    }

    @Override
    public synchronized FileStatus publish(Publication publication) {
        OperationId operation = publication.operation();
        if (operation != null && outcomes.containsKey(operation)) {
            return outcomes.get(operation);
        }
        FileStatus status =
                switch (publication.mode()) {
                    case CREATE -> create(publication);
                    case APPEND -> append(publication);
                    case OVERWRITE -> throw new UnsupportedOperationException();
                };
        if (operation != null) {
            outcomes.put(operation, status);
        }
        return status;
    }

    private FileStatus create(Publication publication) {
        if (entries.containsKey(publication.target())) {
            throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + publication.target());
        }
        rename(publication.staged(), publication.target(), false, null);
        return changed(publication, 1);
    }

    private FileStatus append(Publication publication) {
        long version = stat(publication.target()).version();
        if (version != publication.expectedVersion()) {
            throw new GridException(ErrorCode.CONFLICT, "version moved: " + publication.target());
        }
        List<GridPath> children = entries.keySet().stream()
                .filter(path -> publication.staged().equals(path.parent()))
                .toList();
        for (GridPath child : children) {
            if (entries.containsKey(publication.target().child(child.name()))) {
                throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + child.name());
            }
        }
        children.forEach(child -> rename(child, publication.target().child(child.name()), false, null));
        return changed(publication, version + 1);
    }

    private FileStatus changed(Publication publication, long version) {
        FileStatus old = stat(publication.target());
        FileStatus status = new FileStatus(
                old.path(),
                publication.kind(),
                old.id(),
                old.sizeBytes(),
                version,
                0,
                0,
                old.owner(),
                old.replicas(),
                old.state(),
                publication.attributes());
        entries.put(publication.target(), new Entry(status, new byte[0]));
        return status;
    }

    @Override
    public synchronized Optional<FileStatus> outcome(OperationId operation) {
        return Optional.ofNullable(outcomes.get(operation));
    }

    @Override
    public FileWriter put(CallContext context, GridPath path, PutOptions options) {
        return new Writer(path, options);
    }

    @Override
    public synchronized FileReader open(CallContext context, GridPath path) {
        return new Reader(new FileLayout(stat(path), at(path).bytes(), List.of()));
    }

    @Override
    public synchronized FileReader open(CallContext context, long fileId) {
        return entries.values().stream()
                .filter(entry -> entry.status().id() == fileId)
                .findFirst()
                .map(entry -> new Reader(new FileLayout(entry.status(), entry.bytes(), List.of())))
                .orElseThrow(() -> new GridException(ErrorCode.NOT_FOUND, "no file " + fileId));
    }

    @Override
    public FileReader open(CallContext context, FileLayout layout) {
        return new Reader(layout);
    }

    private Entry at(GridPath path) {
        return java.util.Objects.requireNonNull(entries.get(path), path.toString());
    }

    /** Damages what is there. */
    public synchronized void overwrite(GridPath path, byte[] bytes) {
        entries.put(path, new Entry(stat(path), bytes));
    }

    private FileStatus status(GridPath path, EntryKind kind, long sizeBytes, String owner) {
        return new FileStatus(
                path.toString(),
                kind,
                ids++,
                sizeBytes,
                1,
                0,
                0,
                owner,
                2,
                kind == EntryKind.FILE ? "sealed" : null,
                null);
    }

    private final class Writer implements FileWriter {
        private final GridPath path;
        private final PutOptions options;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Writer(GridPath path, PutOptions options) {
            this.path = path;
            this.options = options;
        }

        @Override
        public void write(ByteBuf more) {
            byte[] copy = new byte[more.readableBytes()];
            more.readBytes(copy);
            more.release();
            bytes.writeBytes(copy);
        }

        @Override
        public void write(ByteBuffer more) {
            byte[] copy = new byte[more.remaining()];
            more.get(copy);
            bytes.writeBytes(copy);
        }

        @Override
        public long position() {
            return bytes.size();
        }

        @Override
        public FileStatus commit() {
            synchronized (MemoryGrid.this) {
                if (entries.containsKey(path) && !options.overwrite()) {
                    throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + path);
                }
                FileStatus plain = status(path, EntryKind.FILE, bytes.size(), options.owner());
                entries.put(path, new Entry(plain, bytes.toByteArray()));
                options.attributes().forEach((name, value) -> setAttribute(path, name, value));
                return stat(path);
            }
        }

        @Override
        public void close() {}
    }

    private record Reader(FileLayout layout) implements FileReader {
        @Override
        public ByteBuf read(long position, int length) {
            byte[] inline = layout.inline();
            return Unpooled.wrappedBuffer(
                    Arrays.copyOfRange(inline == null ? new byte[0] : inline, (int) position, (int) position + length));
        }

        @Override
        public void close() {}
    }
}
