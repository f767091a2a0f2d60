package io.swarmgrid.client.bytes;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which spans of block files of this machine were found good a moment ago, by whichever reader of this process: several that read one
 * file need not each check the same bytes. Thread-safe.
 */
final class CheckedSpans {
    private static final long VALID_NANOS = 10_000_000_000L;
    /** Blocks in use; those used longest ago are forgotten. */
    private static final int MAX_BLOCKS = 1024;

    @GuardedBy("this")
    private final Map<Key, Marks> known = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * A file with what it is to hold. Whoever has written into it since has changed its time.
     *
     * @param checksums a sum over those of its spans
     */
    record Key(String fileKey, FileTime modified, long lengthBytes, int checksums) {
        /** @return null where the file system does not tell */
        static @Nullable Key of(Path file, byte[] checksums) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Object key = attributes.fileKey();
            return key == null
                    ? null
                    : new Key(
                            key.toString(),
                            attributes.lastModifiedTime(),
                            attributes.size(),
                            Arrays.hashCode(checksums));
        }
    }

    /**
     * The spans that were found good since a moment. Threads write the same into it, so that one that misses another's mark
     * only checks again.
     */
    static final class Marks {
        private final long sinceNanos = System.nanoTime();
        private final boolean[] good;

        Marks(int spans) {
            good = new boolean[spans];
        }

        boolean isOld() {
            return System.nanoTime() - sinceNanos > VALID_NANOS;
        }

        boolean isGood(int span) {
            return good[span];
        }

        void markGood(int span) {
            good[span] = true;
        }

        int spans() {
            return good.length;
        }
    }

    /** What is known of a file by now. */
    synchronized Marks of(@Nullable Key key, int spans) {
        if (key == null) {
            return new Marks(spans);
        }
        Marks marks = known.get(key);
        if (marks == null || marks.isOld() || marks.spans() != spans) {
            marks = new Marks(spans);
            known.put(key, marks);
            makeRoom();
        }
        return marks;
    }

    @GuardedBy("this")
    private void makeRoom() {
        Iterator<Marks> eldest = known.values().iterator();
        while (known.size() > MAX_BLOCKS) {
            eldest.next();
            eldest.remove();
        }
    }
}
