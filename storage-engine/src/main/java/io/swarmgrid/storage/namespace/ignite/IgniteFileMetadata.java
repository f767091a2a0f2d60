package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.config.SwarmConfig;
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
import io.swarmgrid.storage.namespace.ignite.PathWalk.Place;
import io.swarmgrid.storage.placement.Placement;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What writers and readers ask, over steps. */
final class IgniteFileMetadata implements FileMetadata {
    private static final Logger LOG = LoggerFactory.getLogger(IgniteFileMetadata.class);
    private static final int MAX_INLINE_BYTES = 64 << 10;

    private final Runner runner;
    private final Ids ids;
    private final Clock clock;
    private final StorageConfig config;
    private final NewInodes newInodes;
    private final SmallFiles smallFiles;
    private final Supplier<Lease> leases;
    private final PathWalk walk;
    private final Publishing directories;
    private final NewBlocks newBlocks;
    private final Joining joining;
    private final OpenFiles openFiles;
    private final Takeovers takeovers;

    /** @param leases a first lease for a writer on this node */
    IgniteFileMetadata(
            Runner runner,
            Ids ids,
            Clock clock,
            SwarmConfig config,
            Placement placement,
            Supplier<Lease> leases,
            OpenFiles openFiles) {
        this.runner = runner;
        this.ids = ids;
        this.clock = clock;
        this.config = config.storage();
        this.leases = leases;
        this.walk = new PathWalk(runner);
        this.newInodes = new NewInodes(new Policies(runner, walk, config), clock);
        this.directories = new Publishing(runner, walk, ids, clock);
        this.smallFiles = new SmallFiles(runner, walk, directories, ids, newInodes, clock, this.config.inlineSize());
        this.newBlocks = new NewBlocks(runner, this.config, placement);
        this.joining = new Joining(runner, walk, ids, clock);
        this.openFiles = openFiles;
        this.takeovers = new Takeovers(runner, ids, clock, this.config.durability(), leases, openFiles);
    }

    @Override
    public OpenFile begin(GridPath path, PutOptions options) {
        requireFilePath(path);
        AttributeStep.checkOfFile(options.attributes(), path.toString());
        Lease lease = leases.get();
        return Runner.untilFresh(() -> {
            Place place = walk.place(path);
            if (place == null) {
                directories.refuseLostSession(path);
            } else {
                refuseExisting(place, options);
            }
            long fileId = ids.fileIn(place == null ? ids.directory() : place.parentId());
            Inode inode = newInodes.of(path, place, options, Inode.Content.hidden(lease, List.of()));
            Inode.Storing storing = inode.storing();
            OpenFile file =
                    new OpenFile(fileId, path, options, lease.epoch(), storing.replicas(), storing.durability());
            openFiles.open(file, fileId, new BeginStep(fileId, inode, clock.millis()));
            return file;
        });
    }

    @Override
    public OpenFile create(GridPath path, PutOptions options) {
        requireFilePath(path);
        AttributeStep.checkOfFile(options.attributes(), path.toString());
        Lease lease = leases.get();
        return Runner.untilFresh(() -> {
            Place place = directories.placeMade(path, options.owner(), 0);
            long fileId = ids.fileIn(place.parentId());
            Inode.Content content =
                    Inode.Content.open(lease).by(Writer.of(options.writer().value()));
            Inode inode = newInodes.of(path, place, options, content);
            Inode.Storing storing = inode.storing();
            OpenFile file =
                    new OpenFile(fileId, path, options, lease.epoch(), storing.replicas(), storing.durability(), true);
            Linking.Target target = new Linking.Target(place, options);
            openFiles.open(file, place.parentId(), new CreateStep(target, fileId, inode, clock.millis()));
            return file;
        });
    }

    @Override
    public Reopened reopen(GridPath path, WriterId writer, @Nullable Long meant) {
        return Runner.untilFresh(() -> {
            FileLayout seen = layout(path);
            long fileId = seen.status().id();
            if (meant != null && meant != fileId) {
                throw Problems.elsewhere(path.toString());
            }
            Lease fresh = takeovers.freshLease();
            OpenFile file = new OpenFile(
                    fileId,
                    path,
                    PutOptions.create(seen.status().owner()),
                    fresh.epoch(),
                    seen.status().replicas(),
                    config.durability(),
                    true);
            Inode inode = Inode.decode(openFiles.open(
                    file, fileId, new ReopenStep(fileId, path.toString(), fresh, writer, clock.millis())));
            OpenFile kept = new OpenFile(
                    fileId,
                    path,
                    file.options(),
                    file.leaseEpoch(),
                    file.replicas(),
                    inode.storing().durability(),
                    true);
            boolean opened = false;
            try {
                Reopened reopened = new Reopened(kept, layout(fileId));
                opened = true;
                return reopened;
            } finally {
                if (!opened) {
                    abandon(kept);
                }
            }
        });
    }

    @Override
    public Resumed resume(long fileId, WriterId writer) {
        return takeovers.resume(fileId, writer);
    }

    @Override
    public void show(OpenFile file, List<BlockId> blocks, long lengthBytes) {
        runner.change(file.fileId(), new ShowStep(file, blocks, lengthBytes));
    }

    @Override
    public @Nullable Writerless takeOver(long fileId) {
        return takeovers.forGood(fileId);
    }

    @Override
    public @Nullable Writerless takeOver(long fileId, long leaseEpoch) {
        return takeovers.lost(fileId, leaseEpoch);
    }

    @Override
    public FileStatus close(OpenFile file, List<BlockId> blocks, long lengthBytes, Closing closing) {
        return close(file, CloseStep.with(file, blocks, lengthBytes, new CloseStep.At(clock.millis(), closing)));
    }

    @Override
    public FileStatus commitInline(OpenFile file, byte[] bytes, Closing closing) {
        requireInline(file.path(), bytes);
        return close(file, CloseStep.withInline(file, bytes, new CloseStep.At(clock.millis(), closing)));
    }

    private FileStatus close(OpenFile file, CloseStep step) {
        FileStatus status = Outcome.decode(runner.change(file.fileId(), step)).entry();
        openFiles.remove(file);
        return status;
    }

    private void refuseExisting(Place place, PutOptions options) {
        Dentry existing = walk.find(place.path());
        if (existing == null || isDone(options.operation())) {
            return;
        }
        if (!existing.isFile()) {
            throw Problems.isDirectory(place.path().toString());
        }
        if (!options.overwrite()) {
            throw Problems.exists(place.path().toString(), "overwrite it, or choose another path");
        }
    }

    private boolean isDone(@Nullable OperationId operation) {
        return operation != null && IgniteFiles.recall(runner, operation) != null;
    }

    @Override
    public BlockRecord allocate(OpenFile file, long offset, Set<String> avoid) {
        BlockRecord block = newBlocks.next(file, offset, avoid);
        return BlockCodec.decode(runner.change(
                file.fileId(), new AllocateStep(file, block, config.blockSize().bytes())));
    }

    @Override
    public BlockRecord bumpEpoch(OpenFile file, BlockId block, List<String> survivors) {
        if (survivors.isEmpty()) {
            throw GridException.invalid("cannot go on with a block on no node: " + block + " of " + file.path());
        }
        return Runner.untilFresh(() -> {
            BlockRecord now = block(file.fileId(), block);
            if (now.state() != BlockState.OPEN) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "cannot go on with a sealed block: " + block + " of " + file.path());
            }
            return BlockCodec.decode(runner.change(file.fileId(), new EpochStep(file, now, survivors)));
        });
    }

    @Override
    public BlockRecord seal(OpenFile file, SealedBlock block, List<String> holders) {
        if (holders.isEmpty()) {
            throw GridException.invalid("cannot seal a block on no node: " + block.id() + " of " + file.path());
        }
        return BlockCodec.decode(runner.change(file.fileId(), new SealStep(file, block, holders)));
    }

    @Override
    public FileStatus commit(OpenFile file, List<BlockId> blocks) {
        FileStatus status;
        try {
            status = Runner.untilFresh(() -> commitNow(file, blocks));
        } catch (GridException e) {
            if (e.kind() == ErrorKind.UNKNOWN) {
                openFiles.remove(file); // committed, or, where nobody knows, its lease ends
            }
            throw e;
        }
        if (status.id() == file.fileId()) {
            openFiles.remove(file);
        } else {
            abandon(file); // this put was done before
        }
        return status;
    }

    private FileStatus commitNow(OpenFile file, List<BlockId> blocks) {
        PutOptions options = file.options();
        // A directory that is made for it is to share its partition, which its id has already.
        Place place = options.over() == null
                ? directories.placeMade(file.path(), options.owner(), ids.fileIn(file.fileId()))
                : walk.requirePlace(file.path());
        Linking.Target target = new Linking.Target(place, options);
        CommitStep step = new CommitStep(file, target, blocks, clock.millis());
        return Outcome.decode(runner.change(place.parentId(), step)).entry();
    }

    @Override
    public FileStatus putInline(GridPath path, PutOptions options, byte[] bytes) {
        requireFilePath(path);
        requireInline(path, bytes);
        return smallFiles.put(path, options, bytes);
    }

    @Override
    public void putMany(GridPath directory, List<SmallFile> files, PutOptions options) {
        smallFiles.putMany(directory, files, options);
    }

    @Override
    public FileStatus createEmpty(GridPath path, PutOptions options) {
        requireFilePath(path);
        return smallFiles.createEmpty(path, options);
    }

    @Override
    public FileStatus fill(long fileId, byte[] bytes, @Nullable Long modifiedMs, @Nullable OperationId operation) {
        return smallFiles.fill(fileId, bytes, modifiedMs, operation);
    }

    @Override
    public OpenFile beginPart(FileLayout target) {
        Joining.Opening part = joining.opening(target, leases.get());
        openFiles.open(part.file(), part.file().fileId(), part.step());
        return part.file();
    }

    @Override
    public FileStatus concat(Concatenation order) {
        try {
            return joining.join(order);
        } finally {
            OpenFile spilled = order.spilled();
            if (spilled != null) {
                openFiles.remove(spilled); // joined, or to be abandoned, or, where nobody knows, its lease ends
            }
        }
    }

    @Override
    public Optional<FileStatus> outcome(OperationId operation) {
        return IgniteFiles.outcome(runner, operation);
    }

    @Override
    public void abandon(OpenFile file) {
        openFiles.abandon(file);
    }

    /** Tells the metadata of files that were given up while it could not be told. */
    void abandonUntold() {
        openFiles.abandonUntold();
    }

    @Override
    public FileLayout layout(GridPath path) {
        requireFilePath(path);
        return Runner.untilFresh(() -> {
            Place place = walk.requirePlace(path);
            try {
                return LayoutStep.decode(runner.read(place.parentId(), LayoutStep.byName(place)));
            } catch (GridException e) {
                throw walk.withHint(e, path);
            }
        });
    }

    @Override
    public FileLayout layout(long fileId) {
        return Runner.untilFresh(() -> LayoutStep.decode(runner.read(fileId, LayoutStep.byId(fileId))));
    }

    @Override
    public BlockRecord block(long fileId, BlockId block) {
        BlockRecord found = runner.look(tables -> tables.block(new BlockKey(fileId, block)));
        if (found == null) {
            throw Problems.notFound("block " + block + " of file " + fileId);
        }
        return found;
    }

    @Override
    public boolean reportBad(long fileId, BlockId block, String node, long epoch) {
        byte[] answer = runner.change(fileId, HolderStep.bad(fileId, block, node, epoch));
        if (HolderStep.isYes(answer)) {
            LOG.warn("bad copy taken out: block={}/{}, node={}", block, epoch, node);
        } else if (!HolderStep.isUnknown(answer)) {
            LOG.error("the only copy is bad: block={}/{}, node={}, file={}", block, epoch, node, fileId);
            return false;
        }
        return true;
    }

    private static void requireInline(GridPath path, byte[] bytes) {
        if (bytes.length > MAX_INLINE_BYTES) {
            throw Problems.invalid(
                    "cannot keep " + bytes.length + " bytes in the metadata, at most " + MAX_INLINE_BYTES + ": " + path,
                    path.toString());
        }
    }

    private static void requireFilePath(GridPath path) {
        if (path.isRoot()) {
            throw Problems.isDirectory("/");
        }
    }
}
