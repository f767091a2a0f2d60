package io.swarmgrid.it.power;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The bytes of one file, as they are, and as they were when they were forced last. What was never written is zero. Guarded by its disk. */
final class FrailContent {
    private static final int PAGE_BYTES = 4096;

    private final Map<Integer, byte[]> pages = new HashMap<>();
    private final Map<Integer, byte[]> forcedPages = new HashMap<>();
    /** Pages that changed since; only these are not shared with the forced ones, and may be written into. */
    private final BitSet changed = new BitSet();

    private long sizeBytes;
    private long forcedBytes;

    long sizeBytes() {
        return sizeBytes;
    }

    /** Fills the target, up to the end of the file. */
    void read(long offset, ByteBuffer target) {
        long end = Math.min(sizeBytes, offset + target.remaining());
        for (long at = offset; at < end; ) {
            int in = (int) (at % PAGE_BYTES);
            int count = (int) Math.min(PAGE_BYTES - in, end - at);
            byte[] page = pages.get((int) (at / PAGE_BYTES));
            target.put(page == null ? new byte[PAGE_BYTES] : page, in, count);
            at += count;
        }
    }

    void write(long offset, ByteBuffer bytes) {
        long at = offset;
        while (bytes.hasRemaining()) {
            int in = (int) (at % PAGE_BYTES);
            int count = Math.min(PAGE_BYTES - in, bytes.remaining());
            bytes.get(own((int) (at / PAGE_BYTES)), in, count);
            at += count;
        }
        sizeBytes = Math.max(sizeBytes, at);
    }

    void resize(long length) {
        if (length < sizeBytes) {
            int last = (int) (length / PAGE_BYTES);
            int in = (int) (length % PAGE_BYTES);
            pages.keySet().removeIf(number -> {
                boolean beyond = number > last || (number == last && in == 0);
                if (beyond) {
                    changed.set(number);
                }
                return beyond;
            });
            if (in > 0 && pages.containsKey(last)) {
                Arrays.fill(own(last), in, PAGE_BYTES, (byte) 0);
            }
        }
        sizeBytes = length;
    }

    private byte[] own(int number) {
        byte[] page = pages.get(number);
        if (page == null || !changed.get(number)) {
            page = page == null ? new byte[PAGE_BYTES] : page.clone();
            pages.put(number, page);
            changed.set(number);
        }
        return page;
    }

    void force() {
        changed.stream().forEach(number -> {
            byte[] page = pages.get(number);
            if (page == null) {
                forcedPages.remove(number);
            } else {
                forcedPages.put(number, page);
            }
        });
        changed.clear();
        forcedBytes = sizeBytes;
    }

    /** @param written whether the next page that was not forced has come to the disk by itself; a length that was not is lost */
    void cut(BooleanSupplier written) {
        changed.stream().forEach(number -> {
            byte[] page = pages.get(number);
            long from = (long) number * PAGE_BYTES;
            if (page != null && from < forcedBytes && written.getAsBoolean()) {
                int within = (int) Math.min(PAGE_BYTES, forcedBytes - from);
                forcedPages.put(number, Arrays.copyOf(Arrays.copyOf(page, within), PAGE_BYTES));
            }
        });
        changed.clear();
        pages.clear();
        pages.putAll(forcedPages);
        sizeBytes = forcedBytes;
    }
}
