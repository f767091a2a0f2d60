package io.swarmgrid.hadoop;

import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.PartHandle;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathHandle;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.PathIsDirectoryException;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UploadHandle;
import org.apache.hadoop.fs.impl.AbstractMultipartUploader;
import org.apache.hadoop.fs.permission.FsPermission;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads files in parts, which any number of processes put in any order. A part has its handle once it is whole. Completing joins
 * the parts without moving bytes and gives the file its name by one rename, which replaces a file that is there. Several uploads
 * of one path may be under way; the last one that is completed stays. The work is done on the thread that calls. Thread-safe.
 */
final class SwarmMultipartUploader extends AbstractMultipartUploader {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmMultipartUploader.class);
    private static final int COPY_BYTES = 64 << 10;

    private final SwarmFileSystem files;
    private final FsPermission permission;
    private final int replicas;

    SwarmMultipartUploader(SwarmFileSystem files, Path base, FsPermission permission, int replicas) {
        super(base);
        this.files = files;
        this.permission = permission;
        this.replicas = SwarmFileSystem.replicas(replicas);
    }

    @Override
    public CompletableFuture<UploadHandle> startUpload(Path path) {
        Path target = checked(path);
        return attempted(() -> {
            requireNoDirectory(target);
            Upload upload = Upload.begin(target);
            Errors.at(target, () -> files.grid().makeDirectories(files.text(upload.parts())));
            return upload.handle();
        });
    }

    @Override
    public CompletableFuture<PartHandle> putPart(
            UploadHandle handle, int number, boolean last, Path path, InputStream content, long lengthBytes) {
        Path target = files.absolute(path);
        checkPutArguments(target, content, number, handle, lengthBytes);
        checkUploadId(handle.toByteArray());
        return attempted(() -> {
            try (content) {
                return put(Upload.of(handle, target), number, content, lengthBytes);
            }
        });
    }

    /** What versions of Hadoop before {@code isLastPart} call. */
    public CompletableFuture<PartHandle> putPart(
            UploadHandle handle, int number, Path path, InputStream content, long lengthBytes) {
        return putPart(handle, number, false, path, content, lengthBytes);
    }

    private PartHandle put(Upload upload, int number, InputStream content, long lengthBytes) throws IOException {
        long id = idOf(upload);
        PartHandle handle = Upload.newPart(number);
        Path part = upload.part(handle);
        String durability = files.opened().settings().durability();
        FilePut put = new FilePut(files.text(part), false, null, replicas, durability);
        boolean whole = false;
        try {
            store(put, part, content, lengthBytes);
            whole = true;
        } finally {
            if (!whole) {
                remove(part);
            }
        }
        // Directories above a put are made where they are missing: also those of an upload that has ended meanwhile.
        if (find(upload.parts()).filter(found -> found.id() == id).isEmpty()) {
            files.delete(upload.directory(), true);
            throw new FileNotFoundException(
                    "the upload was completed or aborted meanwhile: part=" + number + ", path=" + upload.target());
        }
        return handle;
    }

    private void store(FilePut put, Path part, InputStream content, long lengthBytes) throws IOException {
        GridClient client = files.grid().client();
        if (lengthBytes <= BytesMethods.CHUNK_BYTES) {
            try (FileOutput output = new FileOutput(client, put)) {
                copy(content, lengthBytes, output::write, part);
                Errors.writing(part, output::commit);
            }
            return;
        }
        // What the stream has given cannot be had again: so it goes into a file that is written on where its node is
        // lost.
        try (GrowingFile output = Errors.writing(part, () -> GrowingFile.create(client, put))) {
            copy(content, lengthBytes, output::write, part);
            Errors.writing(part, output::commit);
        }
    }

    /** Else it would lie there until the upload ends, though nobody has its handle. */
    private void remove(Path part) {
        try {
            files.delete(part, false);
        } catch (IOException e) {
            LOG.warn("cannot remove what came of a part: path={} error={}", part, e.getMessage());
        }
    }

    @FunctionalInterface
    private interface Sink {
        void write(byte[] bytes, int offset, int length);
    }

    private static void copy(InputStream content, long lengthBytes, Sink output, Path part) throws IOException {
        byte[] buffer = new byte[(int) Math.min(COPY_BYTES, Math.max(1, lengthBytes))];
        long left = lengthBytes;
        while (left > 0) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new EOFException("the part ends early: length=" + lengthBytes + ", read=" + (lengthBytes - left)
                        + ", part=" + part);
            }
            Errors.writing(part, () -> {
                output.write(buffer, 0, count);
                return output;
            });
            left -= count;
        }
    }

    @Override
    public CompletableFuture<PathHandle> complete(
            UploadHandle handle, Path path, Map<Integer, PartHandle> partHandles) {
        Path target = checked(path);
        checkUploadId(handle.toByteArray());
        checkPartHandles(partHandles);
        Map<Integer, PartHandle> inOrder = new TreeMap<>(partHandles);
        if (new HashSet<>(inOrder.values()).size() < inOrder.size()) {
            throw new IllegalArgumentException("a part is named twice: path=" + target);
        }
        return attempted(() -> complete(Upload.of(handle, target), inOrder));
    }

    private PathHandle complete(Upload upload, Map<Integer, PartHandle> inOrder) throws IOException {
        Path target = upload.target();
        requireNoDirectory(target);
        idOf(upload);
        List<Path> parts = partsOf(upload, inOrder);
        Path whole = parts.get(0);
        if (parts.size() > 1) {
            files.concat(whole, parts.subList(1, parts.size()).toArray(new Path[0]));
        }
        String text = files.text(whole);
        files.permit(text, permission, SwarmFileStatus.FILE);
        FileStatus done =
                files.shown(Errors.writing(target, () -> files.grid().rename(text, files.text(target), true)));
        files.delete(upload.directory(), true);
        return SwarmPathHandle.of(done);
    }

    /** Looked for before anything is changed, so that an upload of which a part is missing stays as it is. */
    private List<Path> partsOf(Upload upload, Map<Integer, PartHandle> inOrder) throws IOException {
        Set<String> there = new HashSet<>();
        RemoteIterator<FileStatus> entries = files.listStatusIterator(upload.parts());
        while (entries.hasNext()) {
            there.add(entries.next().getPath().getName());
        }
        List<Path> parts = new ArrayList<>();
        for (Map.Entry<Integer, PartHandle> each : inOrder.entrySet()) {
            Path part = upload.part(each.getValue());
            if (!there.contains(part.getName())) {
                throw new FileNotFoundException(
                        "the upload has no such part: part=" + each.getKey() + ", path=" + upload.target());
            }
            parts.add(part);
        }
        return parts;
    }

    @Override
    public CompletableFuture<Void> abort(UploadHandle handle, Path path) {
        Path target = checked(path);
        checkUploadId(handle.toByteArray());
        return attempted(() -> abort(Upload.of(handle, target))).thenAccept(aborted -> {});
    }

    private Upload abort(Upload upload) throws IOException {
        idOf(upload);
        if (!files.delete(upload.directory(), true)) {
            throw unknown(upload);
        }
        return upload;
    }

    /** Of a file: its uploads. Of a directory: those of all files below it, which takes a walk through all directories there. */
    @Override
    public CompletableFuture<Integer> abortUploadsUnderPath(Path path) {
        Path top = checked(path);
        return attempted(() -> {
            Optional<io.swarmgrid.client.wire.FileStatus> found = find(top);
            return found.isPresent() && Grid.isDirectory(found.get()) ? abortBelow(top) : abortOf(top);
        });
    }

    private int abortBelow(Path top) throws IOException {
        int aborted = 0;
        Deque<Path> directories = new ArrayDeque<>(List.of(top));
        while (!directories.isEmpty()) {
            for (Path directory : directoriesIn(directories.pop())) {
                if (!Upload.isOne(directory)) {
                    directories.push(directory);
                } else if (files.delete(directory, true)) {
                    aborted++;
                }
            }
        }
        return aborted;
    }

    private int abortOf(Path file) throws IOException {
        int aborted = 0;
        Path parent = file.getParent();
        for (Path directory : parent == null ? List.<Path>of() : directoriesIn(parent)) {
            Path parts = new Path(directory, file.getName());
            if (Upload.isOne(directory) && files.exists(parts) && files.delete(directory, true)) {
                aborted++;
            }
        }
        return aborted;
    }

    private List<Path> directoriesIn(Path directory) throws IOException {
        List<Path> found = new ArrayList<>();
        try {
            RemoteIterator<FileStatus> entries = files.listStatusIterator(directory);
            while (entries.hasNext()) {
                FileStatus entry = entries.next();
                if (entry.isDirectory()) {
                    found.add(entry.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            return List.of(); // gone meanwhile, with all that was in it
        }
        return found;
    }

    private Path checked(Path path) {
        Path absolute = files.absolute(path);
        checkPath(absolute);
        return absolute;
    }

    private void requireNoDirectory(Path target) throws IOException {
        if (target.isRoot()) {
            throw new PathIOException("/", "cannot upload to the root");
        }
        Optional<io.swarmgrid.client.wire.FileStatus> found = find(target);
        if (found.isPresent() && Grid.isDirectory(found.get())) {
            throw new PathIsDirectoryException(target.toString());
        }
    }

    private long idOf(Upload upload) throws IOException {
        return find(upload.parts()).orElseThrow(() -> unknown(upload)).id();
    }

    private Optional<io.swarmgrid.client.wire.FileStatus> find(Path path) throws IOException {
        return Errors.at(path, () -> files.grid().find(files.text(path)));
    }

    private static FileNotFoundException unknown(Upload upload) {
        return new FileNotFoundException(
                "no such upload, it was completed or aborted: handle=" + upload.id() + ", path=" + upload.target());
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> CompletableFuture<T> attempted(Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            result.complete(work.run());
        } catch (IOException | RuntimeException e) {
            result.completeExceptionally(e);
        }
        return result;
    }
}
