package io.swarmgrid.storage.memory;

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
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.StoragePolicy;
import io.swarmgrid.storage.namespace.WriterId;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A namespace with its bytes, in memory, as far as tests ask for one. It counts what is open and what it was asked, gives
 * out direct buffers as the real one does, and fails when told to. A file stays readable by its id, as in the trash.
 * Thread-safe.
 */
public final class MemoryGrid implements Files, FileStore {
    private final Tree tree = new Tree();
    private final Map<Long, Entry> files = new HashMap<>();
    private final Map<OperationId, FileStatus> outcomes = new HashMap<>();
    private final List<ByteBuf> handedOut = new ArrayList<>();
    private final Deque<Fault> publishFaults = new ArrayDeque<>();
    private final List<Holder> holders = new ArrayList<>();
    private int openWriters;
    private int openReaders;
    private long readBytes;
    private int locates;

    /** What goes wrong with a publication, and whether it is applied all the same. */
    private record Fault(ErrorCode code, boolean applied) {}

    // What tests tell and ask.

    public synchronized void failPublish(ErrorCode code, boolean applied) {
        publishFaults.add(new Fault(code, applied));
    }

    /** Every file has its one block on the nodes that were named so; without any, files are inlined. */
    public synchronized void holder(String node, boolean live) {
        holders.add(new Holder(node, "default", "grpc://" + node + ":1", 1, live));
    }

    /** All paths, the root's first, without what is hidden. */
    public synchronized List<String> paths() {
        return Stream.concat(Stream.of(GridPath.ROOT), tree.below(GridPath.ROOT).stream())
                .map(GridPath::toString)
                .filter(path -> !path.startsWith("/.swarm"))
                .toList();
    }

    public synchronized List<String> staged() {
        return tree.below(STAGING).stream().map(GridPath::toString).toList();
    }

    public synchronized byte[] bytes(GridPath path) {
        return tree.at(path).bytes();
    }

    /** Damages a file; nothing that was remembered of it is of use any more. */
    public synchronized void damage(GridPath path, byte[] bytes) {
        Entry old = tree.at(path);
        keep(path, tree.made(old.kind(), bytes, old.owner(), old.attributes()));
    }

    /** Whether an address is within a buffer that is out now. */
    public synchronized boolean gave(long address) {
        return handedOut.stream()
                .filter(buffer -> buffer.refCnt() > 0)
                .anyMatch(buffer ->
                        address >= buffer.memoryAddress() && address < buffer.memoryAddress() + buffer.capacity());
    }

    public synchronized long readBytes() {
        return readBytes;
    }

    /** How often it was asked where blocks are. */
    public synchronized int locates() {
        return locates;
    }

    /** That nothing is open and every buffer went back. */
    public synchronized void assertAtRest() {
        assertThat(openWriters).as("open writers").isZero();
        assertThat(openReaders).as("open readers").isZero();
        assertThat(handedOut).as("buffers").allMatch(buffer -> buffer.refCnt() == 0);
    }

    private void keep(GridPath path, Entry entry) {
        tree.put(path, entry);
        files.put(entry.id(), entry);
    }

    // The namespace.

    @Override
    public synchronized Optional<FileStatus> find(GridPath path) {
        return tree.find(path).map(entry -> entry.status(path));
    }

    @Override
    public synchronized FileStatus stat(GridPath path) {
        return tree.at(path).status(path);
    }

    @Override
    public synchronized Listing list(GridPath directory, @Nullable String startAfter, int limit) {
        return tree.list(directory, startAfter, limit);
    }

    @Override
    public synchronized FileStatus makeDirectory(GridPath path, String owner, Parents parents) {
        return tree.makeDirectory(path, owner, parents).status(path);
    }

    @Override
    public synchronized FileStatus rename(
            GridPath source, GridPath target, boolean replaceFile, @Nullable OperationId operation) {
        tree.move(source, target);
        return stat(target);
    }

    @Override
    public synchronized boolean remove(
            GridPath path, boolean recursive, Removal removal, @Nullable OperationId operation) {
        return tree.remove(path);
    }

    @Override
    public Usage usage(GridPath path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized List<BlockLocation> locate(GridPath path) {
        locates++;
        return located(tree.at(path));
    }

    @Override
    public synchronized Map<Long, List<BlockLocation>> locateAll(Collection<Long> fileIds) {
        locates++;
        Map<Long, List<BlockLocation>> found = new HashMap<>();
        for (long id : fileIds) {
            Entry file = files.get(id);
            if (file != null) {
                found.put(id, located(file));
            }
        }
        return found;
    }

    private List<BlockLocation> located(Entry file) {
        return holders.isEmpty() ? List.of() : List.of(new BlockLocation("1", 0, file.bytes().length, 1, 2, holders));
    }

    @Override
    public synchronized FileStatus setAttribute(GridPath path, String name, @Nullable String value) {
        Entry entry = tree.at(path).with(name, value);
        if (entry.kind() == EntryKind.FILE) {
            keep(path, entry);
        } else {
            tree.put(path, entry);
        }
        return entry.status(path);
    }

    @Override
    public StoragePolicy policy(GridPath path) {
        return StoragePolicy.NONE;
    }

    @Override
    public void requireReplaceable(GridPath target) {} // nothing here has a quota

    @Override
    public void countAs(GridPath staged, GridPath target) {} // nor counts for one

    @Override
    public FileStatus setStatus(GridPath path, StatusChange change) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileStatus setReplication(GridPath path, int replicas) {
        throw new UnsupportedOperationException("bytes in memory have no copies");
    }

    @Override
    public FileStatus keep(GridPath path, Keeping keeping) {
        throw new UnsupportedOperationException("bytes in memory have no copies");
    }

    @Override
    public synchronized FileStatus publish(Publication publication) {
        Fault fault = publishFaults.poll();
        if (fault != null && !fault.applied()) {
            throw new GridException(fault.code(), "told to fail");
        }
        OperationId operation = publication.operation();
        FileStatus status = operation == null ? null : outcomes.get(operation);
        if (status == null) {
            tree.publish(publication);
            status = stat(publication.target());
        }
        if (operation != null) {
            outcomes.put(operation, status);
        }
        if (fault != null) {
            throw new GridException(fault.code(), "told to fail, though applied");
        }
        return status;
    }

    @Override
    public synchronized Optional<FileStatus> outcome(OperationId operation) {
        return Optional.ofNullable(outcomes.get(operation));
    }

    // The files.

    @Override
    public synchronized FileWriter put(CallContext context, GridPath path, PutOptions options) {
        openWriters++;
        return new Writer(path, options);
    }

    @Override
    public FileWriter create(CallContext context, GridPath path, PutOptions options) {
        throw new UnsupportedOperationException("files in memory are put whole");
    }

    @Override
    public FileWriter append(CallContext context, GridPath path, WriterId writer, @Nullable Long fileId) {
        throw new UnsupportedOperationException("files in memory are put whole");
    }

    @Override
    public Continued resume(CallContext context, Return who) {
        throw new UnsupportedOperationException("files in memory are put whole");
    }

    @Override
    public FileStatus truncate(GridPath path, long lengthBytes, @Nullable Long fileId) {
        throw new UnsupportedOperationException("files in memory are put whole");
    }

    @Override
    public FileStatus concat(
            CallContext context, GridPath target, List<GridPath> sources, @Nullable OperationId operation) {
        throw new UnsupportedOperationException("files in memory are put whole");
    }

    @Override
    public FileStatus recover(CallContext context, GridPath path) {
        return stat(path);
    }

    @Override
    public synchronized FileReader open(CallContext context, GridPath path) {
        Entry entry = tree.at(path);
        return open(context, new FileLayout(entry.status(path), entry.bytes(), List.of()));
    }

    @Override
    public synchronized FileReader open(CallContext context, long fileId) {
        Entry entry = files.get(fileId);
        if (entry == null) {
            throw new GridException(ErrorCode.NOT_FOUND, "no file " + fileId);
        }
        GridPath byId = GridPath.parse("/by-id/" + fileId);
        return open(context, new FileLayout(entry.status(byId), entry.bytes(), List.of()));
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
            synchronized (MemoryGrid.this) {
                if (tree.find(path).isPresent() && !options.overwrite()) {
                    throw Tree.exists(path);
                }
                tree.makeDirectory(Objects.requireNonNull(path.parent()), options.owner(), Parents.MAKE);
                keep(path, tree.made(EntryKind.FILE, bytes.toByteArray(), options.owner(), options.attributes()));
                close();
                return stat(path);
            }
        }

        @Override
        public void close() {
            synchronized (MemoryGrid.this) {
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
            synchronized (MemoryGrid.this) {
                handedOut.add(buffer);
                readBytes += length;
            }
            return buffer;
        }

        @Override
        public void close() {
            synchronized (MemoryGrid.this) {
                openReaders -= open ? 1 : 0;
                open = false;
            }
        }
    }
}
