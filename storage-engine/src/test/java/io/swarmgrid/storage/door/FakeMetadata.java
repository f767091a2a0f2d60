package io.swarmgrid.storage.door;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Closing;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.Resumed;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.Writerless;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files and block records in memory, for one grid of test nodes. Places blocks on the nodes in turn. Thread-safe. */
final class FakeMetadata implements FileMetadata {
    private final FakeFiles files = new FakeFiles();
    private final Map<Long, OpenFile> open = new HashMap<>();
    private final FakeBlocks blocks;
    /** What readers see of the files that are open and visible. */
    private final Map<Long, List<BlockId>> shown = new HashMap<>();
    /** Who may go on with a file. */
    private final Map<Long, WriterId> writers = new HashMap<>();
    /** Files that their writers have closed themselves. */
    private final Set<Long> ended = new HashSet<>();

    private long nextId = 1;
    private final FakeTroubles troubles = new FakeTroubles();

    FakeMetadata(FakeNodes nodes) {
        this.blocks = new FakeBlocks(nodes);
    }

    /** What is to go wrong. */
    FakeTroubles troubles() {
        return troubles;
    }

    /** Which copies were reported, as {@code block@node}. */
    List<String> reportedBad() {
        return blocks.reportedBad();
    }

    synchronized int openFiles() {
        return open.size();
    }

    /** A file that somebody writes. */
    @SuppressWarnings("NullAway") // as below
    synchronized OpenFile opened(long fileId) {
        return Objects.requireNonNull(open.get(fileId));
    }

    synchronized long sealedBytes() {
        return blocks.sealedBytes();
    }

    synchronized int blockRecords() {
        return blocks.count();
    }

    @Override
    public synchronized OpenFile begin(GridPath path, PutOptions options) {
        files.refuseExisting(path, options);
        int replicas = options.replicas() == 0 ? 2 : options.replicas();
        Durability durability = options.durability() == null ? Durability.PROCESS : options.durability();
        OpenFile file = new OpenFile(nextId++, path, options, 1, replicas, durability);
        open.put(file.fileId(), file);
        return file;
    }

    @Override
    @SuppressWarnings("NullAway") // as below
    public synchronized OpenFile create(GridPath path, PutOptions options) {
        OpenFile put = begin(path, options);
        OpenFile file = new OpenFile(put.fileId(), path, options, 1, put.replicas(), put.durability(), true);
        open.put(file.fileId(), file);
        writers.put(file.fileId(), options.writer());
        shown.put(file.fileId(), List.of());
        files.put(path, FakeFiles.status(file, 0, "open"), null, List.of());
        return file;
    }

    @Override
    @SuppressWarnings("NullAway") // as below
    public synchronized void show(OpenFile file, List<BlockId> ids, long lengthBytes) {
        requireLease(file);
        List<BlockRecord> records = new ArrayList<>();
        for (BlockId id : ids) {
            BlockRecord block = blocks.require(id);
            if (block.state() == BlockState.OPEN) {
                block = blocks.grown(block, lengthBytes - block.offset());
            }
            records.add(block);
        }
        shown.put(file.fileId(), List.copyOf(ids));
        files.put(file.path(), FakeFiles.status(file, lengthBytes, "open"), null, records);
    }

    @Override
    public synchronized Reopened reopen(GridPath path, WriterId writer, @Nullable Long fileId) {
        FileLayout layout = layout(path);
        FileStatus status = layout.status();
        if (fileId != null && fileId != status.id()) {
            throw new GridException(ErrorCode.CONFLICT, "another file is there: " + path);
        }
        if (open.containsKey(status.id())) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "somebody writes the file: " + path);
        }
        OpenFile file = new OpenFile(
                status.id(), path, PutOptions.create("alice"), ++nextId, status.replicas(), Durability.PROCESS, true);
        open.put(file.fileId(), file);
        writers.put(file.fileId(), writer);
        ended.remove(file.fileId());
        shown.put(file.fileId(), layout.blocks().stream().map(BlockRecord::id).toList());
        return new Reopened(file, layout);
    }

    @Override
    @SuppressWarnings("NullAway") // as below
    public synchronized FileStatus close(OpenFile file, List<BlockId> ids, long lengthBytes, Closing closing) {
        requireLease(file);
        closed(file, closing);
        List<BlockRecord> records = ids.stream().map(blocks::require).toList();
        long end = 0;
        for (BlockRecord block : records) {
            if (block.state() != BlockState.SEALED || block.offset() > end || block.offset() >= lengthBytes) {
                throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot close at " + end + ": " + block);
            }
            end = block.offset() + block.lengthBytes();
        }
        byte[] inline = ids.isEmpty() ? layout(file.fileId()).inline() : null;
        if (!ids.isEmpty() && lengthBytes > end) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot close with " + lengthBytes + " of " + end);
        }
        blocks.keepOnly(file.fileId(), ids);
        open.remove(file.fileId());
        FileStatus status = FakeFiles.status(file, lengthBytes, "sealed");
        files.put(file.path(), status, inline, records);
        return status;
    }

    @Override
    public synchronized @Nullable Writerless takeOver(long fileId) {
        writers.remove(fileId);
        OpenFile file = open.get(fileId);
        return file == null || !file.visible() ? null : taken(file);
    }

    @Override
    public synchronized @Nullable Writerless takeOver(long fileId, long leaseEpoch) {
        OpenFile file = open.get(fileId);
        return file == null || !file.visible() || file.leaseEpoch() != leaseEpoch ? null : taken(file);
    }

    @Override
    public synchronized Resumed resume(long fileId, WriterId writer) {
        if (writer.isNone() || !writer.equals(writers.get(fileId))) {
            throw new GridException(ErrorCode.LEASE_LOST, "not its writer: file=" + fileId);
        }
        OpenFile file = open.get(fileId);
        if (file != null) {
            return new Resumed(taken(file), null);
        }
        FileStatus status = layout(fileId).status();
        if (ended.contains(fileId)) {
            return new Resumed(null, status);
        }
        return new Resumed(taken(reopen(GridPath.parse(status.path()), writer).file()), null);
    }

    private void closed(OpenFile file, Closing closing) {
        if (closing == Closing.ENDED) {
            ended.add(file.fileId());
        }
    }

    @SuppressWarnings("NullAway") // as below
    private Writerless taken(OpenFile file) {
        long fileId = file.fileId();
        OpenFile taken = new OpenFile(
                fileId, file.path(), file.options(), file.leaseEpoch() + 1, file.replicas(), file.durability(), true);
        open.put(fileId, taken);
        List<BlockId> seen = Objects.requireNonNull(shown.get(fileId));
        List<BlockRecord> all =
                new ArrayList<>(seen.stream().map(blocks::require).toList());
        blocks.of(fileId).stream().filter(block -> !seen.contains(block.id())).forEach(all::add);
        return new Writerless(taken, all, seen.size(), layout(fileId).lengthBytes());
    }

    @Override
    public synchronized FileStatus commitInline(OpenFile file, byte[] bytes, Closing closing) {
        requireLease(file);
        closed(file, closing);
        open.remove(file.fileId());
        FileStatus status = FakeFiles.status(file, bytes.length, "sealed");
        files.put(file.path(), status, bytes.clone(), List.of());
        return status;
    }

    @Override
    public synchronized BlockRecord allocate(OpenFile file, long offset, Set<String> avoid) {
        requireLease(file);
        BlockRecord block = blocks.allocate(new BlockId(nextId++), file, offset, avoid);
        troubles.atAllocation();
        return block;
    }

    @Override
    public synchronized BlockRecord bumpEpoch(OpenFile file, BlockId id, List<String> survivors) {
        troubles.beforeEpoch();
        requireLease(file);
        troubles.atEpoch();
        return blocks.bumpEpoch(id, survivors);
    }

    @Override
    public synchronized BlockRecord seal(OpenFile file, SealedBlock sealed, List<String> holders) {
        requireLease(file);
        BlockRecord done = blocks.seal(sealed, holders);
        showAll(file, done);
        return done;
    }

    private void showAll(OpenFile file, BlockRecord done) {
        List<BlockId> seen = shown.getOrDefault(file.fileId(), List.of());
        long end = done.offset() + done.lengthBytes();
        if (!seen.isEmpty()
                && seen.get(seen.size() - 1).equals(done.id())
                && end > layout(file.fileId()).lengthBytes()) {
            show(file, seen, end);
        }
    }

    @Override
    @SuppressWarnings("NullAway") // a layout's inline bytes may be null, which NullAway does not see in class files
    public synchronized FileStatus commit(OpenFile file, List<BlockId> ids) {
        troubles.beforeCommit();
        requireLease(file);
        files.refuseExisting(file.path(), file.options());
        List<BlockRecord> records = new ArrayList<>();
        long end = 0;
        for (BlockId id : ids) {
            BlockRecord block = blocks.require(id);
            if (block.state() != BlockState.SEALED || block.offset() != end) {
                throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot commit at " + end + ": " + block);
            }
            records.add(block);
            end += block.lengthBytes();
        }
        blocks.keepOnly(file.fileId(), ids);
        open.remove(file.fileId());
        FileStatus status = FakeFiles.status(file.path(), file.fileId(), end, file.replicas());
        files.put(file.path(), status, null, records);
        troubles.afterCommit();
        return status;
    }

    @Override
    public void putMany(GridPath directory, List<SmallFile> all, PutOptions options) {
        throw new UnsupportedOperationException("no caller of these tests does this");
    }

    @Override
    public FileStatus createEmpty(GridPath path, PutOptions options) {
        return putInline(path, options, new byte[0]);
    }

    @Override
    public FileStatus fill(long fileId, byte[] bytes, @Nullable Long modifiedMs, @Nullable OperationId operation) {
        throw new UnsupportedOperationException("no caller of these tests does this");
    }

    @Override
    public synchronized FileStatus putInline(GridPath path, PutOptions options, byte[] bytes) {
        files.refuseExisting(path, options);
        FileStatus status = FakeFiles.status(path, nextId++, bytes.length, 2);
        files.put(path, status, bytes.clone(), List.of());
        return status;
    }

    @Override
    public OpenFile beginPart(FileLayout target) {
        GridPath path = GridPath.parse(target.status().path());
        return begin(
                path,
                PutOptions.create("alice")
                        .overwriting()
                        .replicas(target.status().replicas()));
    }

    /** Blocks are the target's own from then on. */
    @Override
    @SuppressWarnings("NullAway") // as above
    public synchronized FileStatus concat(Concatenation order) {
        troubles.beforeConcat();
        OpenFile spilled = order.spilled();
        if (spilled != null) {
            requireLease(spilled);
            open.remove(spilled.fileId());
        }
        FileStatus target = order.target().status();
        List<BlockRecord> records = new ArrayList<>();
        for (BlockRecord block : order.blocks()) {
            records.add(blocks.adopt(block, target));
        }
        order.sources()
                .forEach(source -> files.remove(GridPath.parse(source.status().path())));
        GridPath path = GridPath.parse(target.path());
        FileStatus status = FakeFiles.status(path, target.id(), order.lengthBytes(), target.replicas());
        files.put(path, status, order.inline(), records);
        return status;
    }

    @Override
    public Optional<FileStatus> outcome(OperationId operation) {
        return Optional.empty();
    }

    @Override
    public synchronized void abandon(OpenFile file) {
        if (file.visible() || !open.containsKey(file.fileId())) {
            return; // left to whoever recovers it, or committed
        }
        open.remove(file.fileId());
        blocks.keepOnly(file.fileId(), List.of());
    }

    @Override
    public synchronized FileLayout layout(GridPath path) {
        return layout(files.at(path).status().id());
    }

    @Override
    @SuppressWarnings("NullAway") // as below
    public synchronized FileLayout layout(long fileId) {
        FileLayout layout = files.of(fileId);
        return new FileLayout(
                layout.status(),
                layout.inline(),
                layout.blocks().stream().map(blocks::current).toList());
    }

    @Override
    public synchronized BlockRecord block(long fileId, BlockId id) {
        return blocks.require(id);
    }

    @Override
    public synchronized boolean reportBad(long fileId, BlockId id, String node, long epoch) {
        return blocks.reportBad(id, node);
    }

    private void requireLease(OpenFile file) {
        OpenFile holder = open.get(file.fileId());
        if (holder == null || holder.leaseEpoch() != file.leaseEpoch()) {
            throw new GridException(ErrorCode.LEASE_LOST, "not open: " + file.path());
        }
    }
}
