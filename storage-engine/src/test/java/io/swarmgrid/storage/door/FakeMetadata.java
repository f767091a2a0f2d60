package io.swarmgrid.storage.door;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
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
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.namespace.Resumed;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.Writerless;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Files and block records in memory, for one grid of test nodes. Places blocks on the nodes in turn. Thread-safe. */
final class FakeMetadata implements FileMetadata {
    private final FakeNodes nodes;
    private final Map<GridPath, FileLayout> files = new HashMap<>();
    private final Map<Long, OpenFile> open = new HashMap<>();
    private final Map<BlockId, BlockRecord> blocks = new LinkedHashMap<>();
    /** What readers see of the files that are open and visible. */
    private final Map<Long, List<BlockId>> shown = new HashMap<>();
    /** Who may go on with a file. */
    private final Map<Long, WriterId> writers = new HashMap<>();
    /** Files that their writers have closed themselves. */
    private final Set<Long> ended = new HashSet<>();

    private final List<String> reportedBad = new CopyOnWriteArrayList<>();
    private long nextId = 1;
    private int conflicts;
    private boolean epochsInDoubt;
    private boolean commitsInDoubt;
    private @Nullable ErrorCode saidOfCommits;
    private Runnable atNextEpoch = () -> {};
    private Runnable atNextAllocation = () -> {};
    private int turn;

    FakeMetadata(FakeNodes nodes) {
        this.nodes = nodes;
    }

    /** Which copies were reported, as {@code block@node}. */
    List<String> reportedBad() {
        return reportedBad;
    }

    synchronized int openFiles() {
        return open.size();
    }

    /** A file that somebody writes. */
    @SuppressWarnings("NullAway") // as below
    synchronized OpenFile opened(long fileId) {
        return Objects.requireNonNull(open.get(fileId));
    }

    /** Of all sealed blocks together. */
    synchronized long sealedBytes() {
        return blocks.values().stream()
                .filter(block -> block.state() == BlockState.SEALED)
                .mapToLong(BlockRecord::lengthBytes)
                .sum();
    }

    synchronized int blockRecords() {
        return blocks.size();
    }

    @Override
    public synchronized OpenFile begin(GridPath path, PutOptions options) {
        refuseExisting(path, options);
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
        files.put(path, new FileLayout(status(file, 0, "open"), null, List.of()));
        return file;
    }

    @Override
    @SuppressWarnings("NullAway") // as below
    public synchronized void show(OpenFile file, List<BlockId> ids, long lengthBytes) {
        requireLease(file);
        List<BlockRecord> records = new ArrayList<>();
        for (BlockId id : ids) {
            BlockRecord block = require(id);
            if (block.state() == BlockState.OPEN) {
                List<String> holders = names(block);
                block = put(block, block.epoch(), holders, lengthBytes - block.offset(), 0, BlockState.OPEN);
            }
            records.add(block);
        }
        shown.put(file.fileId(), List.copyOf(ids));
        files.put(file.path(), new FileLayout(status(file, lengthBytes, "open"), null, records));
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
        List<BlockRecord> records = ids.stream().map(this::require).toList();
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
        blocks.values().removeIf(block -> block.fileId() == file.fileId() && !ids.contains(block.id()));
        open.remove(file.fileId());
        FileStatus status = status(file, lengthBytes, "sealed");
        files.put(file.path(), new FileLayout(status, inline, records));
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
        List<BlockRecord> all = new ArrayList<>(seen.stream().map(this::require).toList());
        blocks.values().stream()
                .filter(block -> block.fileId() == fileId && !seen.contains(block.id()))
                .forEach(all::add);
        return new Writerless(taken, all, seen.size(), layout(fileId).lengthBytes());
    }

    @Override
    public synchronized FileStatus commitInline(OpenFile file, byte[] bytes, Closing closing) {
        requireLease(file);
        closed(file, closing);
        open.remove(file.fileId());
        FileStatus status = status(file, bytes.length, "sealed");
        files.put(file.path(), new FileLayout(status, bytes.clone(), List.of()));
        return status;
    }

    @Override
    public synchronized BlockRecord allocate(OpenFile file, long offset, Set<String> avoid) {
        requireLease(file);
        List<String> able =
                nodes.names().stream().filter(name -> !avoid.contains(name)).toList();
        List<Replica> holders = new ArrayList<>();
        for (int i = 0; i < Math.min(file.replicas(), able.size()); i++) {
            holders.add(new Replica(able.get((turn + i) % able.size()), 1, true));
        }
        turn++;
        if (holders.isEmpty()) {
            throw new GridException(ErrorCode.NO_SPACE, "no node can take another block");
        }
        BlockId id = new BlockId(nextId++);
        BlockRecord block = new BlockRecord(
                id, file.fileId(), offset, 0, 1, 0, BlockState.OPEN, file.replicas(), id.value(), holders);
        blocks.put(id, block);
        Runnable meanwhile = atNextAllocation;
        atNextAllocation = () -> {};
        meanwhile.run();
        return block;
    }

    @Override
    public synchronized BlockRecord bumpEpoch(OpenFile file, BlockId id, List<String> survivors) {
        if (epochsInDoubt) {
            throw new GridException(ErrorCode.UNKNOWN_OUTCOME, "the change may have been applied: told to say so");
        }
        requireLease(file);
        Runnable meanwhile = atNextEpoch;
        atNextEpoch = () -> {};
        meanwhile.run();
        BlockRecord block = require(id);
        if (block.state() != BlockState.OPEN || !names(block).containsAll(survivors)) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot go on: " + block + " on " + survivors);
        }
        return put(block, block.epoch() + 1, survivors, 0, 0, BlockState.OPEN);
    }

    @Override
    public synchronized BlockRecord seal(OpenFile file, SealedBlock sealed, List<String> holders) {
        requireLease(file);
        BlockRecord block = require(sealed.id());
        if (block.state() != BlockState.OPEN || block.epoch() != sealed.epoch()) {
            throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot seal: " + block + " as " + sealed);
        }
        BlockRecord done = put(block, block.epoch(), holders, sealed.lengthBytes(), sealed.crc32c(), BlockState.SEALED);
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
        if (commitsInDoubt) {
            throw new GridException(ErrorCode.UNKNOWN_OUTCOME, "the change may have been applied: told to say so");
        }
        requireLease(file);
        refuseExisting(file.path(), file.options());
        List<BlockRecord> records = new ArrayList<>();
        long end = 0;
        for (BlockId id : ids) {
            BlockRecord block = require(id);
            if (block.state() != BlockState.SEALED || block.offset() != end) {
                throw new GridException(ErrorCode.PRECONDITION_FAILED, "cannot commit at " + end + ": " + block);
            }
            records.add(block);
            end += block.lengthBytes();
        }
        blocks.values().removeIf(block -> block.fileId() == file.fileId() && !ids.contains(block.id()));
        open.remove(file.fileId());
        FileStatus status = status(file.path(), file.fileId(), end, file.replicas());
        files.put(file.path(), new FileLayout(status, null, records));
        if (saidOfCommits != null) {
            throw new GridException(saidOfCommits, "of a commit that was carried out: told to say so");
        }
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
        refuseExisting(path, options);
        FileStatus status = status(path, nextId++, bytes.length, 2);
        files.put(path, new FileLayout(status, bytes.clone(), List.of()));
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

    /** Nobody knows from now on whether a new epoch was written down. */
    synchronized void leaveEpochsInDoubt() {
        epochsInDoubt = true;
    }

    /** Somebody else does something while a block is taken to its next epoch. */
    synchronized void atNextEpoch(Runnable other) {
        atNextEpoch = other;
    }

    /** Somebody else does something once it is decided where the next block goes. */
    synchronized void atNextAllocation(Runnable other) {
        atNextAllocation = other;
    }

    /** Nobody knows from now on whether a file was committed; none is. */
    synchronized void leaveCommitsInDoubt() {
        commitsInDoubt = true;
    }

    /** Files are committed from now on, and whoever asked for it is told something else. */
    synchronized void commitAndSay(ErrorCode code) {
        saidOfCommits = code;
    }

    /** The next so many concatenations find that something has changed. */
    synchronized void conflicts(int count) {
        conflicts = count;
    }

    /** Blocks are the target's own from then on. */
    @Override
    @SuppressWarnings("NullAway") // as above
    public synchronized FileStatus concat(Concatenation order) {
        if (conflicts > 0) {
            conflicts--;
            throw new GridException(ErrorCode.CONFLICT, "changed meanwhile: told to say so");
        }
        OpenFile spilled = order.spilled();
        if (spilled != null) {
            requireLease(spilled);
            open.remove(spilled.fileId());
        }
        FileStatus target = order.target().status();
        List<BlockRecord> records = new ArrayList<>();
        for (BlockRecord block : order.blocks()) {
            BlockRecord own = new BlockRecord(
                    block.id(),
                    target.id(),
                    block.offset(),
                    block.lengthBytes(),
                    block.epoch(),
                    block.crc32c(),
                    block.state(),
                    target.replicas(),
                    block.placementKey(),
                    block.holders());
            blocks.put(own.id(), own);
            records.add(own);
        }
        order.sources()
                .forEach(source -> files.remove(GridPath.parse(source.status().path())));
        GridPath path = GridPath.parse(target.path());
        FileStatus status = status(path, target.id(), order.lengthBytes(), target.replicas());
        files.put(path, new FileLayout(status, order.inline(), records));
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
        blocks.values().removeIf(block -> block.fileId() == file.fileId());
    }

    @Override
    public synchronized FileLayout layout(GridPath path) {
        FileLayout layout = files.get(path);
        if (layout == null) {
            throw GridException.notFound(path, null);
        }
        return layout(layout.status().id());
    }

    @Override
    @SuppressWarnings("NullAway") // as below
    public synchronized FileLayout layout(long fileId) {
        return files.values().stream()
                .filter(layout -> layout.status().id() == fileId)
                .map(layout -> new FileLayout(
                        layout.status(),
                        layout.inline(),
                        layout.blocks().stream()
                                .map(block -> blocks.getOrDefault(block.id(), block))
                                .toList()))
                .findFirst()
                .orElseThrow(() -> new GridException(ErrorCode.NOT_FOUND, "not found: file=" + fileId));
    }

    @Override
    public synchronized BlockRecord block(long fileId, BlockId id) {
        return require(id);
    }

    @Override
    public synchronized boolean reportBad(long fileId, BlockId id, String node, long epoch) {
        reportedBad.add(id + "@" + node);
        BlockRecord block = require(id);
        List<String> rest =
                names(block).stream().filter(name -> !name.equals(node)).toList();
        if (rest.isEmpty()) {
            return false;
        }
        put(block, block.epoch(), rest, block.lengthBytes(), block.crc32c(), block.state());
        return true;
    }

    private BlockRecord put(
            BlockRecord block, long epoch, List<String> holders, long length, int crc32c, BlockState state) {
        BlockRecord next = new BlockRecord(
                block.id(),
                block.fileId(),
                block.offset(),
                length,
                epoch,
                crc32c,
                state,
                block.replication(),
                block.placementKey(),
                holders.stream().map(name -> new Replica(name, epoch, true)).toList());
        blocks.put(block.id(), next);
        return next;
    }

    private BlockRecord require(BlockId id) {
        BlockRecord block = blocks.get(id);
        if (block == null) {
            throw new GridException(ErrorCode.NOT_FOUND, "no such block: " + id);
        }
        return block;
    }

    private void requireLease(OpenFile file) {
        OpenFile holder = open.get(file.fileId());
        if (holder == null || holder.leaseEpoch() != file.leaseEpoch()) {
            throw new GridException(ErrorCode.LEASE_LOST, "not open: " + file.path());
        }
    }

    private void refuseExisting(GridPath path, PutOptions options) {
        if (files.containsKey(path) && !options.overwrite()) {
            throw new GridException(ErrorCode.ALREADY_EXISTS, "exists: " + path);
        }
    }

    private static List<String> names(BlockRecord block) {
        return block.holders().stream().map(Replica::node).toList();
    }

    private static FileStatus status(OpenFile file, long size, String state) {
        String path = file.path().toString();
        return new FileStatus(
                path, EntryKind.FILE, file.fileId(), size, 1, 0, 0, "local", file.replicas(), state, null);
    }

    private static FileStatus status(GridPath path, long id, long size, int replicas) {
        return new FileStatus(path.toString(), EntryKind.FILE, id, size, 1, 0, 0, "local", replicas, "sealed", null);
    }
}
