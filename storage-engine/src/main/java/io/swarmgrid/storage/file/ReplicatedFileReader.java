package io.swarmgrid.storage.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.replica.DataPath;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a file block by block; keeps a few of them open. */
final class ReplicatedFileReader implements FileReader {
    private static final int MAX_OPEN_BLOCKS = 8;

    private final DataPath path;
    private final FileLayout layout;
    private final Holders holders;

    @GuardedBy("this")
    private final Map<Integer, Use> open = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private boolean closed;

    private volatile long lastEnd = -1;

    /** A block and how many reads use it now. */
    private static final class Use {
        private final BlockAccess access;
        private int readers;

        Use(BlockAccess access) {
            this.access = access;
        }
    }

    ReplicatedFileReader(Holders holders, FileLayout layout) {
        this.path = holders.path();
        this.layout = layout;
        this.holders = holders;
    }

    @Override
    public FileLayout layout() {
        return layout;
    }

    @Override
    public ByteBuf read(long position, int length) {
        if (position < 0 || length < 0 || length > layout.lengthBytes() - position) {
            throw GridException.invalid(
                    "cannot read past the end: path=" + layout.status().path() + ", offset=" + position + ", length="
                            + length + " of " + layout.lengthBytes());
        }
        byte[] inline = layout.inline();
        if (inline != null) {
            return path.buffers().take(length).writeBytes(inline, (int) position, length);
        }
        if (length == 0) {
            return path.buffers().take(0);
        }
        boolean onward = position == lastEnd || (position == 0 && length >= path.chunkBytes() / 2);
        lastEnd = position + length;
        int first = blockAt(position);
        BlockRecord block = layout.blocks().get(first);
        long inBlock = position - block.offset();
        if (length <= layout.usedBytes(first) - inBlock) {
            return readBlock(first, inBlock, length, onward);
        }
        return join(first, position, length, onward);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            open.values().stream().filter(use -> use.readers == 0).forEach(use -> use.access.close());
            open.values().removeIf(use -> use.readers == 0);
        }
    }

    private ByteBuf join(int first, long position, int length, boolean onward) {
        ByteBuf whole = path.buffers().take(length);
        boolean good = false;
        try {
            long at = position;
            for (int index = first; at < position + length; index++) {
                BlockRecord block = layout.blocks().get(index);
                long inBlock = at - block.offset();
                int count = (int) Math.min(position + length - at, layout.usedBytes(index) - inBlock);
                ByteBuf part = readBlock(index, inBlock, count, onward);
                try {
                    whole.writeBytes(part);
                } finally {
                    part.release();
                }
                at += count;
            }
            good = true;
            return whole;
        } finally {
            if (!good) {
                whole.release();
            }
        }
    }

    private ByteBuf readBlock(int index, long from, int length, boolean onward) {
        Use use = acquire(index);
        try {
            return use.access.read(from, length, onward);
        } finally {
            release(index, use);
        }
    }

    private synchronized Use acquire(int index) {
        if (closed) {
            throw new GridException(
                    ErrorCode.CANCELLED, "the reader of " + layout.status().path() + " is closed");
        }
        Use use = open.get(index);
        if (use == null) {
            makeRoom();
            use = new Use(new BlockAccess(holders, layout.blocks().get(index)));
            open.put(index, use);
        }
        use.readers++;
        return use;
    }

    private synchronized void release(int index, Use use) {
        use.readers--;
        if (closed && use.readers == 0) {
            open.remove(index);
            use.access.close();
        }
    }

    @GuardedBy("this")
    private void makeRoom() {
        Iterator<Use> eldest = open.values().iterator();
        while (open.size() >= MAX_OPEN_BLOCKS && eldest.hasNext()) {
            Use use = eldest.next();
            if (use.readers == 0) {
                eldest.remove();
                use.access.close();
            }
        }
    }

    /** The block that holds a byte: the last one that begins at or before it. */
    private int blockAt(long position) {
        List<BlockRecord> blocks = layout.blocks();
        int low = 0;
        int high = blocks.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (blocks.get(middle).offset() <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
