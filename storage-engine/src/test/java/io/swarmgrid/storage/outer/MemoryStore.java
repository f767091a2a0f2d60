package io.swarmgrid.storage.outer;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store in memory, as object stores are: etags, and directories that are there as long as something is in them. It counts what is read. */
public final class MemoryStore implements OuterStore {
    private final Map<String, Content> files = new ConcurrentHashMap<>();
    private final AtomicLong versions = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();
    private final List<Long> reads = new ArrayList<>();
    private final AtomicLong readBytes = new AtomicLong();
    private volatile boolean down;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Content(byte[] bytes, long version) {}

    public void write(String path, byte[] bytes) {
        files.put(path, new Content(bytes.clone(), versions.incrementAndGet()));
    }

    public void remove(String path) {
        files.remove(path);
    }

    /** Whether nothing is answered from now on. */
    public void down(boolean is) {
        down = is;
    }

    /** Where each read began, in any order. */
    public List<Long> reads() {
        synchronized (reads) {
            return List.copyOf(reads);
        }
    }

    public long readBytes() {
        return readBytes.get();
    }

    /** How often it was asked for an entry or for those of a directory. */
    public long looks() {
        return looks.get();
    }

    @Override
    public Optional<OuterEntry> find(String path) {
        requireUp();
        looks.incrementAndGet();
        return Optional.ofNullable(entry(path));
    }

    @Override
    public void list(String path, Consumer<OuterEntry> each) {
        requireUp();
        looks.incrementAndGet();
        OuterEntry directory = entry(path);
        if (directory == null) {
            throw OuterProblems.notFound(path);
        }
        if (!directory.directory()) {
            throw OuterProblems.notDirectory(path);
        }
        String prefix = path.isEmpty() ? "" : path + "/";
        TreeSet<String> names = new TreeSet<>();
        for (String file : files.keySet()) {
            if (file.startsWith(prefix)) {
                names.add(file.substring(prefix.length()).split("/", 2)[0]);
            }
        }
        for (String name : names.descendingSet()) {
            OuterEntry entry = entry(prefix + name);
            if (entry != null) {
                each.accept(entry);
            }
        }
    }

    @Override
    public OuterBytes open(String path, OuterEntry version) {
        requireUp();
        OuterEntry now = entry(path);
        if (now == null) {
            throw OuterProblems.notFound(path);
        }
        if (now.directory()) {
            throw OuterProblems.isDirectory(path);
        }
        if (!now.isVersionOf(version)) {
            throw OuterProblems.changed(path);
        }
        return new Bytes(path, version);
    }

    @Override
    public void close() {
        // Its files are the test's.
    }

    private @Nullable OuterEntry entry(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        Content content = files.get(path);
        if (content != null) {
            return new OuterEntry(
                    name, false, content.bytes.length, 1_000_000L * content.version, "e" + content.version);
        }
        boolean directory = path.isEmpty() || files.keySet().stream().anyMatch(file -> file.startsWith(path + "/"));
        return directory ? new OuterEntry(name, true, 0, 1, null) : null;
    }

    private void requireUp() {
        if (down) {
            throw new GridException(ErrorCode.UNAVAILABLE, "nobody is there");
        }
    }

    private final class Bytes implements OuterBytes {
        private final String path;
        private final OuterEntry version;

        Bytes(String path, OuterEntry version) {
            this.path = path;
            this.version = version;
        }

        @Override
        public void read(ByteBuf target, long from, int length) {
            requireUp();
            Content content = files.get(path);
            OuterEntry now = entry(path);
            if (content == null || now == null) {
                throw OuterProblems.vanished(path);
            }
            if (!now.isVersionOf(version)) {
                throw OuterProblems.changed(path);
            }
            synchronized (reads) {
                reads.add(from);
            }
            readBytes.addAndGet(length);
            target.writeBytes(content.bytes, (int) from, length);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
