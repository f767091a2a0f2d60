package io.swarmgrid.storage.door;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.ReadInfo;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RangeSender;
import io.swarmgrid.storage.replica.ServedCall;

/** One ReadFile call: a range of a file. */
final class FileSender extends RangeSender<FileRead, FileReader> {
    private final FileStore files;

    FileSender(ServedCall call, FileStore files, DataPath path) {
        super(call, path, FileRead.class);
        this.files = files;
    }

    @Override
    protected FileReader open(FileRead read) {
        return opened(call(), files, read);
    }

    /** The file of a read, by its path or by its identity; the caller closes it. */
    static FileReader opened(ServedCall call, FileStore files, FileRead read) {
        GridPath named = CallerPaths.parse(read.path());
        Long id = read.id();
        if (id == null) {
            return files.open(call.context(), named);
        }
        FileReader opened = files.open(call.context(), named, id);
        boolean allowed = false;
        try {
            CallerPaths.parse(opened.layout().status().path());
            allowed = true;
            return opened;
        } finally {
            if (!allowed) {
                opened.close();
            }
        }
    }

    @Override
    protected Answer begin(FileReader source, FileRead read) {
        long size = source.lengthBytes();
        long from = read.offset() == null ? 0 : read.offset();
        long length = read.lengthBytes() == null ? size - from : read.lengthBytes();
        if (from < 0 || length < 0 || from > size || length > size - from) {
            throw GridException.invalid(
                    "cannot read " + read.path() + ": offset=" + from + ", length=" + length + " of " + size);
        }
        FileStatus status = source.layout().status();
        return new Answer(
                Frame.Control.of(new ReadInfo(from, length, size, status.version(), status.id())), from, length);
    }

    @Override
    protected ByteBuf read(FileReader source, long position, int length) {
        return source.read(position, length);
    }

    /** Whole chunks of the file after a first one that may be short: that is how its blocks are cut. */
    @Override
    protected int next(long position, long left) {
        long chunk = path().chunkBytes();
        return (int) Math.min(chunk - position % chunk, left);
    }
}
