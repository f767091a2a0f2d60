package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.PutMode;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A namespace with its bytes, in memory, that counts what is open, gives out direct buffers as the real one does, and fails
 * when told to. Thread-safe.
 */
final class FakeGrid implements Files, FileStore {
    private final TreeMap<String, Entry> entries = new TreeMap<>();
    private final Map<Long, Entry> files = new HashMap<>();
    private final Map<OperationId, FileStatus> outcomes = new HashMap<>();
    private final List<ByteBuf> handedOut = new ArrayList<>();
    private final Deque<Fault> publishFaults = new ArrayDeque<>();
    private final List<Holder> holders = new ArrayList<>();
    private long ids = 1;
    private long clock = 1;
    private int openWriters;
    private int openReaders;
    private long readBytes;

    /** What goes wrong with a publication, and whether it is applied all the same. */
    record Fault(ErrorCode code, boolean applied) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(
            long id, EntryKind kind, byte[] bytes, long version, String owner, Map<String, String> attributes) {
        Entry with(Map<String, String> more) {
            Map<String, String> all = new HashMap<>(attributes);
            all.putAll(more);
            return new Entry(id, kind, bytes, version, owner, all);
        }
    }

    FakeGrid() {
        entries.put("/", entry(EntryKind.DIRECTORY, new byte[0], "root", Map.of()));
    }

    synchronized void failPublish(ErrorCode code, boolean applied) {
        publishFaults.add(new Fault(code, applied));
    }

    synchronized void holder(String node, boolean live) {
        holders.add(new Holder(node, "default", "grpc://" + node + ":1", 1, live));
    }

    /** All paths of files and datasets, without what is hidden. */
    synchronized List<String> paths() {
        return entries.keySet().stream()
                .filter(path -> !path.startsWith("/.swarm"))
                .toList();
    }

    synchronized List<String> staged() {
        return entries.keySet().stream()
                .filter(path -> path.startsWith(STAGING + "/"))
                .toList();
    }

    synchronized byte[] bytes(GridPath path) {
        return at(path).bytes();
    }

    synchronized void damage(GridPath path, byte[] bytes) {
        Entry old = at(path);
        Entry bad = new Entry(ids++, old.kind(), bytes, old.version(), old.owner(), old.attributes());
        entries.put(path.toString(), bad);
        files.put(bad.id(), bad);
    }

    /** Whether an address is within a buffer that is out now. */
    synchronized boolean gave(long address) {
        return handedOut.stream()
                .filter(buffer -> buffer.refCnt() > 0)
                .anyMatch(buffer ->
                        address >= buffer.memoryAddress() && address < buffer.memoryAddress() + buffer.capacity());
    }

    synchronized long readBytes() {
        return readBytes;
    }

    /** That nothing is open and every buffer went back. */
    synchronized void assertAtRest() {
        assertThat(openWriters).as("open writers").isZero();
        assertThat(openReaders).as("open readers").isZero();
        assertThat(handedOut).as("buffers").allMatch(buffer -> buffer.refCnt() == 0);
    }

    private Entry entry(EntryKind kind, byte[] bytes, String owner, Map<String, String> attributes) {
        return new Entry(ids++, kind, bytes, 1, owner, attributes);
    }

    private Entry at(GridPath path) {
        Entry entry = entries.get(path.toString());
        if (entry == null) {
            throw GridException.notFound(path, null);
        }
        return entry;
    }

    private FileStatus status(String path, Entry entry) {
        boolean file = entry.kind() == EntryKind.FILE;
        return new FileStatus(
                path,
                entry.kind(),
                entry.id(),
                file ? entry.bytes().length : 0,
                entry.version(),
                clock,
                clock,
                entry.owner(),
                2,
                file ? "sealed" : null,
                entry.attributes());
    }

    @Override
    public synchronized Optional<FileStatus> find(GridPath path) {
        return Optional.ofNullable(entries.get(path.toString())).map(entry -> status(path.toString(), entry));
    }

    @Override
    public synchronized FileStatus stat(GridPath path) {
        return status(path.toString(), at(path));
    }

    @Override
    public synchronized Listing list(GridPath directory, @Nullable String startAfter, int limit) {
        at(directory);
        List<FileStatus> page = new ArrayList<>();
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            GridPath path = GridPath.parse(entry.getKey());
            boolean hidden = directory.isRoot() && path.name().equals(".swarm");
            if (directory.equals(path.parent())
                    && !hidden
                    && (startAfter == null || path.name().compareTo(startAfter) > 0)) {
                if (page.size() == limit) {
                    return new Listing(page, "more");
                }
                page.add(status(entry.getKey(), entry.getValue()));
            }
        }
        return new Listing(page, null);
    }

    @Override
    public synchronized FileStatus makeDirectory(GridPath path, String owner, Parents parents) {
        Entry there = entries.get(path.toString());
        if (there != null && (parents == Parents.REQUIRE || there.kind() == EntryKind.FILE)) {
            throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + path);
        }
        GridPath parent = path.parent();
        if (parent != null && parents == Parents.MAKE) {
            makeDirectory(parent, owner, parents);
        } else if (parent != null) {
            at(parent);
        }
        entries.computeIfAbsent(path.toString(), any -> entry(EntryKind.DIRECTORY, new byte[0], owner, Map.of()));
        return stat(path);
    }

    @Override
    public FileStatus rename(GridPath source, GridPath target, boolean replaceFile, @Nullable OperationId operation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized boolean remove(GridPath path, boolean recursive, @Nullable OperationId operation) {
        return entries.keySet().removeIf(at -> at.equals(path.toString()) || at.startsWith(path + "/"));
    }

    @Override
    public Usage usage(GridPath path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized List<BlockLocation> locate(GridPath path) {
        long size = at(path).bytes().length;
        return List.of(new BlockLocation("1", 0, size, 1, 2, holders));
    }

    @Override
    public synchronized FileStatus setAttribute(GridPath path, String name, @Nullable String value) {
        if (value == null) {
            throw new UnsupportedOperationException();
        }
        replace(path, at(path).with(Map.of(name, value)));
        return stat(path);
    }

    @Override
    public FileStatus setReplication(GridPath path, int replicas) {
        throw new UnsupportedOperationException();
    }

    private void replace(GridPath path, Entry entry) {
        entries.put(path.toString(), entry);
        files.put(entry.id(), entry);
    }

    @Override
    public synchronized FileStatus publish(Publication publication) {
        Fault fault = publishFaults.poll();
        if (fault != null && !fault.applied()) {
            throw new GridException(fault.code(), "told to fail");
        }
        FileStatus status = apply(publication);
        if (fault != null) {
            throw new GridException(fault.code(), "told to fail, though applied");
        }
        return status;
    }

    private FileStatus apply(Publication publication) {
        OperationId operation = publication.operation();
        if (operation != null && outcomes.containsKey(operation)) {
            return outcomes.get(operation);
        }
        GridPath target = publication.target();
        Entry there = entries.get(target.toString());
        Entry staged = at(publication.staged());
        Map<String, Entry> children = below(publication.staged());
        switch (publication.mode()) {
            case CREATE, OVERWRITE -> {
                if (there != null && publication.mode() == PutMode.CREATE) {
                    throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + target);
                }
                at(Objects.requireNonNull(target.parent()));
                remove(target, true, null);
                long version = there == null ? 1 : there.version() + 1;
                entries.put(
                        target.toString(),
                        new Entry(
                                        staged.id(),
                                        publication.kind(),
                                        new byte[0],
                                        version,
                                        staged.owner(),
                                        staged.attributes())
                                .with(publication.attributes()));
            }
            case APPEND -> {
                if (at(target).version() != publication.expectedVersion()) {
                    throw new GridException(ErrorCode.CONFLICT, "version moved: " + target);
                }
                for (String name : children.keySet()) {
                    if (entries.containsKey(target + name)) {
                        throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + target + name);
                    }
                }
                Entry old = at(target);
                Entry next = new Entry(
                        old.id(), publication.kind(), old.bytes(), old.version() + 1, old.owner(), old.attributes());
                entries.put(target.toString(), next.with(publication.attributes()));
            }
        }
        remove(publication.staged(), true, null);
        children.forEach((name, entry) -> entries.put(target + name, entry));
        FileStatus status = stat(target);
        if (operation != null) {
            outcomes.put(operation, status);
        }
        return status;
    }

    private Map<String, Entry> below(GridPath directory) {
        Map<String, Entry> found = new TreeMap<>();
        entries.forEach((path, entry) -> {
            if (path.startsWith(directory + "/")) {
                found.put(path.substring(directory.toString().length()), entry);
            }
        });
        return found;
    }

    @Override
    public synchronized Optional<FileStatus> outcome(OperationId operation) {
        return Optional.ofNullable(outcomes.get(operation));
    }

    @Override
    public synchronized FileWriter put(CallContext context, GridPath path, PutOptions options) {
        openWriters++;
        return new Writer(path, options);
    }

    @Override
    public synchronized FileReader open(CallContext context, GridPath path) {
        return open(context, at(path).id());
    }

    @Override
    public synchronized FileReader open(CallContext context, long fileId) {
        Entry entry = files.get(fileId);
        if (entry == null) {
            throw new GridException(ErrorCode.NOT_FOUND, "no file " + fileId);
        }
        return open(context, new FileLayout(status("/by-id/" + fileId, entry), entry.bytes(), List.of()));
    }

    @Override
    public synchronized FileReader open(CallContext context, FileLayout layout) {
        openReaders++;
        return new Reader(layout);
    }

    private final class Writer implements FileWriter {
        private final GridPath path;
        private final PutOptions options;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean open = true;

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
            write(Unpooled.copiedBuffer(more));
        }

        @Override
        public long position() {
            return bytes.size();
        }

        @Override
        public FileStatus commit() {
            synchronized (FakeGrid.this) {
                if (entries.containsKey(path.toString()) && !options.overwrite()) {
                    throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + path);
                }
                makeDirectory(Objects.requireNonNull(path.parent()), options.owner(), Parents.MAKE);
                replace(path, entry(EntryKind.FILE, bytes.toByteArray(), options.owner(), options.attributes()));
                close();
                return stat(path);
            }
        }

        @Override
        public void close() {
            synchronized (FakeGrid.this) {
                openWriters -= open ? 1 : 0;
                open = false;
            }
        }
    }

    private final class Reader implements FileReader {
        private final FileLayout layout;
        private boolean open = true;

        Reader(FileLayout layout) {
            this.layout = layout;
        }

        @Override
        public FileLayout layout() {
            return layout;
        }

        @Override
        public ByteBuf read(long position, int length) {
            byte[] all = layout.inline();
            if (all == null || position < 0 || length < 0 || position + length > all.length) {
                throw GridException.invalid("bad read: position=" + position + ", length=" + length);
            }
            // A reader index that is not 0, and more memory than asked for, as slices of a pool's chunks have.
            ByteBuf buffer = Unpooled.directBuffer(length + 24).writeZero(8);
            buffer.writeBytes(all, (int) position, length).readerIndex(8);
            synchronized (FakeGrid.this) {
                handedOut.add(buffer);
                readBytes += length;
            }
            return buffer;
        }

        @Override
        public void close() {
            synchronized (FakeGrid.this) {
                openReaders -= open ? 1 : 0;
                open = false;
            }
        }
    }
}
