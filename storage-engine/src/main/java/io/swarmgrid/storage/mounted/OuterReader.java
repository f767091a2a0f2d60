package io.swarmgrid.storage.mounted;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.mounted.Pages.Hop;
import io.swarmgrid.storage.namespace.FileLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads one version of a file of an outer store, and touches no page that it need not: who reads in order has more and more of them brought
 * at once, and before they are asked for. Thread-safe.
 */
final class OuterReader implements FileReader {
    private static final int MAX_RUN = 8;

    private final OuterFile file;
    private final FileLayout layout;
    private final Pages pages;
    private final ChunkBuffers buffers;
    private final CallContext call;
    private final Hop hop;

    @GuardedBy("this")
    private long last = -2; // before the first page there is none

    @GuardedBy("this")
    private int run;

    /** @param run how many pages are sure to be read from the first one on; 0 where that is not known */
    OuterReader(OuterFile file, FileStatus status, Pages pages, Setting setting, int run) {
        this.file = file;
        this.layout = FileLayout.elsewhere(status);
        this.pages = pages;
        this.buffers = setting.buffers;
        this.call = setting.call;
        this.hop = setting.hop;
        this.run = Math.min(MAX_RUN, run);
    }

    /** Who reads. */
    record Setting(ChunkBuffers buffers, CallContext call, Hop hop) {}

    @Override
    public FileLayout layout() {
        return layout;
    }

    @Override
    public long lengthBytes() {
        return file.lengthBytes();
    }

    @Override
    public ByteBuf read(long position, int length) {
        if (position < 0 || length < 0 || position > lengthBytes() - length) {
            throw GridException.invalid("cannot read " + layout.status().path() + ": offset=" + position + ", length="
                    + length + " of " + lengthBytes());
        }
        if (length == 0) {
            return Unpooled.EMPTY_BUFFER;
        }
        int pageBytes = pages.pageBytes();
        if (position / pageBytes == (position + length - 1) / pageBytes) {
            return page(position, length);
        }
        ByteBuf target = buffers.take(length);
        boolean whole = false;
        try {
            for (long at = position; at < position + length; ) {
                int part = (int) Math.min(pageBytes - at % pageBytes, position + length - at);
                ByteBuf bytes = page(at, part);
                try {
                    target.writeBytes(bytes);
                } finally {
                    bytes.release();
                }
                at += part;
            }
            whole = true;
            return target;
        } finally {
            if (!whole) {
                target.release();
            }
        }
    }

    /** Those that are near; where the first one is not it is brought, and some more of those that are wanted. */
    @Override
    public List<Part> lendParts(long from, long end, int most, Consumer<Loan> owner) {
        int pageBytes = pages.pageBytes();
        long index = from / pageBytes;
        int wanted = (int) Math.min(most, (end + pageBytes - 1) / pageBytes - index);
        List<Part> parts = new ArrayList<>();
        Loan loan = wanted > 0 ? pages.lend(file, index, false, call) : null;
        boolean isMiss = wanted > 0 && loan == null;
        int run = Math.min(MAX_RUN, wanted);
        if (isMiss) {
            pages.bringToLend(file, index, run, call, hop);
            loan = pages.lend(file, index, true, call);
        }
        for (int i = 0; i < wanted; i++) {
            if (i > 0) {
                loan = pages.lend(file, index + i, isMiss && i < run, call);
            }
            if (loan == null && i > 0) {
                break;
            }
            if (loan != null) {
                owner.accept(loan);
            }
            long offset = (index + i) * pageBytes;
            parts.add(new Part(offset, offset + file.pageLength(index + i, pageBytes), loan));
            if (loan == null) {
                break;
            }
        }
        if (wanted > 1 && !parts.isEmpty() && parts.size() < most) {
            pages.ahead(file, index + parts.size(), MAX_RUN, call, hop);
        }
        return parts;
    }

    @Override
    public void close() {
        // It has nothing of its own.
    }

    private ByteBuf page(long position, int length) {
        int pageBytes = pages.pageBytes();
        long index = position / pageBytes;
        boolean comes;
        int wanted;
        synchronized (this) {
            comes = index != last;
            if (index == last + 1) {
                run = Math.min(MAX_RUN, 2 * Math.max(1, run));
            } else if (comes && last >= 0) {
                run = 1;
            }
            last = index;
            wanted = Math.max(1, run);
        }
        Pages.Wanted where = new Pages.Wanted(index, (int) (position % pageBytes), length, comes);
        ByteBuf bytes = pages.read(file, where, wanted, call, hop);
        if (comes && wanted > 2) {
            pages.ahead(file, index + 1, wanted, call, hop);
        }
        return bytes;
    }
}
