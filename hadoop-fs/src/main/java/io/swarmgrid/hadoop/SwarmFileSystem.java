package io.swarmgrid.hadoop;

import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.SetStatus;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.MultipartUploaderBuilder;
import org.apache.hadoop.fs.Options.HandleOpt;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathHandle;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.impl.OpenFileParameters;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * A grid as a Hadoop file system: {@code swarm://host:port/path}, or {@code swarm://GRID/path} with {@code
 * fs.swarm.GRID.addresses}. docs/hadoop.md has the keys, and what is not supported yet. Thread-safe.
 *
 * <p>It knows only what Hadoop 3.3.4 has, down to the signatures of its methods, which tools list by reflection: what came
 * later is its heirs', of which {@link Heirs} has Hadoop take the newest that can be loaded.
 */
public sealed class SwarmFileSystem extends EntryFileSystem permits SwarmFileSystem336 {
    /** The scheme of its URIs. */
    public static final String SCHEME = "swarm";

    static {
        Heirs.prefer();
    }

    private static final int MAX_REPLICAS = 16;
    private static final int MAX_JOINED = 1000;

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        countRead(StoreStatisticNames.OP_OPEN);
        return open(status(path), path, false);
    }

    @Override
    public FSDataInputStream open(PathHandle handle, int bufferSize) throws IOException {
        countRead(StoreStatisticNames.OP_OPEN);
        SwarmPathHandle known = SwarmPathHandle.of(handle);
        return open(known.resolve(grid()), new Path(known.path()), false);
    }

    @Override
    protected PathHandle createPathHandle(org.apache.hadoop.fs.FileStatus status, HandleOpt... options) {
        return SwarmPathHandle.of(status, options);
    }

    @Override
    protected CompletableFuture<FSDataInputStream> openFileWithOptions(Path path, OpenFileParameters parameters)
            throws IOException {
        countRead(StoreStatisticNames.OP_OPENFILE);
        boolean random = OpenOptions.random(parameters);
        org.apache.hadoop.fs.FileStatus given = parameters.getStatus();
        if (given != null && !given.getPath().getName().equals(path.getName())) {
            // "The final status.getPath().getName() element of the supplied status MUST equal the name value of the
            // path".
            throw new IllegalArgumentException("the status of another file: " + given.getPath() + ", to open " + path);
        }
        CompletableFuture<FSDataInputStream> stream = new CompletableFuture<>();
        try {
            stream.complete(open(entry(path, given), path, random));
        } catch (IOException e) {
            stream.completeExceptionally(e);
        }
        return stream;
    }

    /** What a status shows of the very file at a path: wrappers of file systems give statuses of other places, which show only a length. */
    private FileStatus entry(Path path, org.apache.hadoop.fs.@Nullable FileStatus given) throws IOException {
        return given instanceof KnownEntry known && given.getPath().equals(absolute(path))
                ? known.entry()
                : status(path);
    }

    private FSDataInputStream open(FileStatus entry, Path path, boolean random) throws IOException {
        if (Grid.isDirectory(entry)) {
            throw new FileNotFoundException("is a directory: " + path);
        }
        FileInput input = FileInput.open(grid().client(), entry);
        if (random) {
            input.expectRandom();
        }
        return new FSDataInputStream(new SwarmInputStream(input, path, opened().reads(), statistics));
    }

    @Override
    public FSDataOutputStream create(
            Path path,
            FsPermission permission,
            boolean overwrite,
            int bufferSize,
            short replication,
            long blockSize,
            @Nullable Progressable progress)
            throws IOException {
        countWrite(StoreStatisticNames.OP_CREATE);
        return made(path, permission, overwrite, replication, progress);
    }

    private FSDataOutputStream made(
            Path path,
            @Nullable FsPermission permission,
            boolean overwrite,
            short replication,
            @Nullable Progressable progress)
            throws IOException {
        GridClient client = grid().client();
        String text = text(path);
        String durability = opened().settings().durability();
        FilePut put = new FilePut(text, overwrite, null, replicas(replication), durability);
        GrowingFile file = Errors.writing(path, () -> GrowingFile.create(client, put));
        boolean made = false;
        try {
            permit(text, permission, SwarmFileStatus.FILE);
            made = true;
            return new FSDataOutputStream(new SwarmOutputStream(file, path, progress), statistics);
        } finally {
            if (!made) {
                file.close();
            }
        }
    }

    /** What can be asked of the grid, for what a caller asks for. */
    static int replicas(int asked) {
        return Math.min(MAX_REPLICAS, Math.max(1, asked));
    }

    @Override
    public MultipartUploaderBuilder<?, ?> createMultipartUploader(Path base) {
        return new SwarmMultipartUploaderBuilder(this, base);
    }

    /**
     * Closes a file, whoever writes it.
     *
     * @return whether it is closed now
     */
    public boolean recoverLease(Path path) throws IOException {
        requireFile(path);
        FileStatus closed = Errors.at(path, () -> grid().recoverLease(text(path)));
        return !Grid.isOpen(closed);
    }

    /** Whether nobody writes a file. */
    public boolean isFileClosed(Path path) throws IOException {
        return !Grid.isOpen(requireFile(path));
    }

    private FileStatus requireFile(Path path) throws IOException {
        FileStatus entry = Errors.at(path, () -> grid().find(text(path)))
                .orElseThrow(() -> new FileNotFoundException("File does not exist: " + path));
        if (Grid.isDirectory(entry)) {
            throw new FileNotFoundException("Path is not a file: " + path);
        }
        return entry;
    }

    /** Sets the permission of what was just made, unless it is what is shown anyway. */
    void permit(String text, @Nullable FsPermission asked, FsPermission shown) throws IOException {
        if (asked != null) {
            FsPermission masked = asked.applyUMask(FsPermission.getUMask(getConf()));
            if (!masked.equals(shown)) {
                change(new Path(text), new SetStatus(text, null, null, (int) masked.toShort(), null));
            }
        }
    }

    @Override
    public boolean setReplication(Path path, short replicas) throws IOException {
        countWrite(CallCounts.SET_REPLICATION);
        if (Grid.isDirectory(status(path))) {
            return false;
        }
        Errors.at(path, () -> grid().setReplication(text(path), replicas));
        return true;
    }

    @Override
    public FSDataOutputStream createNonRecursive(
            Path path,
            FsPermission permission,
            EnumSet<CreateFlag> flags,
            int bufferSize,
            short replication,
            long blockSize,
            @Nullable Progressable progress)
            throws IOException {
        boolean appends = flags.contains(CreateFlag.APPEND);
        if (!appends) {
            countWrite(StoreStatisticNames.OP_CREATE_NON_RECURSIVE);
        }
        Path parent = makeQualified(path).getParent();
        if (parent != null && !Grid.isDirectory(status(parent))) {
            throw new ParentNotDirectoryException("not a directory: " + parent);
        }
        if (appends) {
            return append(path, bufferSize, progress);
        }
        return made(path, permission, flags.contains(CreateFlag.OVERWRITE), replication, progress);
    }

    @Override
    public FSDataOutputStream append(Path path, int bufferSize, @Nullable Progressable progress) throws IOException {
        countWrite(StoreStatisticNames.OP_APPEND);
        GrowingFile file = Errors.at(path, () -> GrowingFile.append(grid().client(), text(path)));
        SwarmOutputStream stream = new SwarmOutputStream(file, path, progress);
        return new FSDataOutputStream(stream, statistics, file.position());
    }

    /** Returns true: it is done at once. */
    @Override
    public boolean truncate(Path path, long newLength) throws IOException {
        countWrite(StoreStatisticNames.OP_TRUNCATE);
        Errors.at(path, () -> grid().truncate(text(path), newLength));
        return true;
    }

    /**
     * Joins files to one, without moving bytes. The sources may be in any directory, of any length, and with blocks of any length;
     * more of them than the grid takes at once are joined in several steps.
     */
    @Override
    public void concat(Path target, Path[] sources) throws IOException {
        countWrite(CallCounts.CONCAT);
        List<String> paths = Arrays.stream(sources).map(this::text).toList();
        String text = text(target);
        Set<String> once = new HashSet<>(paths);
        if (paths.isEmpty() || once.size() < paths.size() || once.contains(text)) {
            // As the specification has it, which HDFS says in the same way.
            throw new IllegalArgumentException("concat needs sources, each once and none the target: target=" + target
                    + ", sources=" + Arrays.toString(sources));
        }
        for (int from = 0; from < paths.size(); from += MAX_JOINED) {
            List<String> some = paths.subList(from, Math.min(paths.size(), from + MAX_JOINED));
            Errors.at(target, () -> grid().concat(text, some));
        }
    }

    @Override
    public boolean rename(Path source, Path target) throws IOException {
        countWrite(StoreStatisticNames.OP_RENAME);
        return opened().renaming().intoOrTo(absolute(source), absolute(target));
    }

    /** What FileContext calls. */
    @Override
    @SuppressWarnings("deprecation") // Hadoop's warning to users, not to file systems
    protected void rename(Path source, Path target, Rename... options) throws IOException {
        countWrite(StoreStatisticNames.OP_RENAME);
        boolean overwrite = Arrays.asList(options).contains(Rename.OVERWRITE);
        opened().renaming().exactly(absolute(source), absolute(target), overwrite);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        countWrite(StoreStatisticNames.OP_DELETE);
        String text = text(path);
        if (text.equals("/")) {
            if (!recursive && !grid().list("/", null).entries().isEmpty()) {
                throw new PathIsNotEmptyDirectoryException("/");
            }
            return false;
        }
        try {
            Errors.at(path, () -> {
                grid().remove(text, recursive);
                return text;
            });
            return true;
        } catch (FileNotFoundException | ParentNotDirectoryException e) {
            return false;
        }
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
        countWrite(StoreStatisticNames.OP_MKDIRS);
        String text = text(path);
        try {
            FileStatus made = Errors.at(path, () -> grid().makeDirectories(text));
            if (made.permission() == null) {
                permit(text, permission, SwarmFileStatus.DIRECTORY);
            }
            return true;
        } catch (ParentNotDirectoryException e) {
            if (Errors.at(path, () -> grid().find(text)).isPresent()) {
                FileAlreadyExistsException exists = new FileAlreadyExistsException("a file is there: " + path);
                exists.initCause(e);
                throw exists;
            }
            throw e;
        }
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return switch (capability) {
            case CommonPathCapabilities.ETAGS_AVAILABLE,
                    CommonPathCapabilities.ETAGS_PRESERVED_IN_RENAME,
                    CommonPathCapabilities.FS_APPEND,
                    CommonPathCapabilities.FS_MULTIPART_UPLOADER,
                    CommonPathCapabilities.FS_CONCAT,
                    CommonPathCapabilities.FS_TRUNCATE,
                    CommonPathCapabilities.FS_PATHHANDLES,
                    CommonPathCapabilities.FS_PERMISSIONS,
                    CommonPathCapabilities.FS_XATTRS -> true;
            default -> super.hasPathCapability(path, capability);
        };
    }
}
