package io.swarmgrid.storage.outer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, as object stores are: etags, and directories that are there as long as something is in them, or where they were made. It
 * counts what is read, and does what a test wants before and after its calls.
 */
public final class MemoryStore implements OuterStore {
    private final Map<String, Content> files = new ConcurrentHashMap<>();
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong views = new AtomicLong();
    private final AtomicLong versions = new AtomicLong();
    private final AtomicLong looks = new AtomicLong();
    private final List<Long> reads = new ArrayList<>();
    private final AtomicLong readBytes = new AtomicLong();
    private volatile boolean down;
    private volatile boolean everyoneSeesOwn;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Content(byte[] bytes, long version) {}

    public void write(String path, byte[] bytes) {
        files.put(path, new Content(bytes.clone(), versions.incrementAndGet()));
    }

    public void remove(String path) {
        files.remove(path);
    }

    /** Does something before each call of a kind: {@code find, list, read, create, write, commit, close, mkdir, remove, rename}. */
    public void before(String call, Runnable what) {
        hooks.put(call, what);
    }

    /** The same once it is done. */
    public void after(String call, Runnable what) {
        hooks.put("after " + call, what);
    }

    /** The paths of all files, in order. */
    public List<String> names() {
        return files.keySet().stream().sorted().toList();
    }

    /** Files that were begun and are neither committed nor closed. */
    public long open() {
        return open.get();
    }

    /** From now on each node has another tag for one version, as where they remember for a while what they saw. */
    public void eachSeesItsOwnVersions() {
        everyoneSeesOwn = true;
    }

    /** As one node sees it. */
    OuterStore view() {
        return new MemoryView(this, "-" + views.incrementAndGet(), () -> everyoneSeesOwn);
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
        begin("find");
        looks.incrementAndGet();
        OuterEntry found = entry(path);
        end("find");
        return Optional.ofNullable(found);
    }

    @Override
    public void list(String path, Consumer<OuterEntry> each) {
        begin("list");
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
        Stream.concat(files.keySet().stream(), made.stream())
                .filter(file -> file.startsWith(prefix))
                .forEach(file -> names.add(file.substring(prefix.length()).split("/", 2)[0]));
        for (String name : names.descendingSet()) {
            OuterEntry entry = entry(prefix + name);
            if (entry != null) {
                each.accept(entry);
            }
        }
        end("list");
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
    public OuterWriter create(String path, boolean overwrite) {
        begin("create");
        requireNothingAbove(path);
        OuterEntry there = entry(path);
        if (there != null && there.directory()) {
            throw OuterProblems.isDirectory(path);
        }
        if (there != null && !overwrite) {
            throw OuterProblems.exists(path);
        }
        open.incrementAndGet();
        Writer writer = new Writer(path, overwrite);
        end("create");
        return writer;
    }

    @Override
    public void makeDirectory(String path) {
        begin("mkdir");
        requireNothingAbove(path);
        if (files.containsKey(path)) {
            throw OuterProblems.exists(path);
        }
        made.add(path);
        end("mkdir");
    }

    @Override
    public boolean remove(String path, boolean recursive) {
        begin("remove");
        boolean was;
        synchronized (files) {
            boolean full =
                    Stream.concat(files.keySet().stream(), made.stream()).anyMatch(each -> each.startsWith(path + "/"));
            if (full && !recursive) {
                throw OuterProblems.notEmpty(path);
            }
            was = entry(path) != null;
            files.keySet().removeIf(each -> isIn(each, path));
            made.removeIf(each -> isIn(each, path));
        }
        end("remove");
        return was;
    }

    @Override
    public void rename(String from, String to, boolean overwrite) {
        begin("rename");
        synchronized (files) {
            OuterEntry there = entry(to);
            if (there != null && (!overwrite || there.directory())) {
                throw OuterProblems.exists(to);
            }
            if (entry(from) == null) {
                throw OuterProblems.notFound(from);
            }
            for (String each : Set.copyOf(files.keySet())) {
                Content content = isIn(each, from) ? files.remove(each) : null;
                if (content != null) {
                    files.put(to + each.substring(from.length()), content);
                }
            }
            for (String each : Set.copyOf(made)) {
                if (isIn(each, from) && made.remove(each)) {
                    made.add(to + each.substring(from.length()));
                }
            }
        }
        end("rename");
    }

    private static boolean isIn(String path, String directory) {
        return path.equals(directory) || path.startsWith(directory + "/");
    }

    private void requireNothingAbove(String path) {
        for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
            if (files.containsKey(path.substring(0, end))) {
                throw OuterProblems.notDirectory(path);
            }
        }
    }

    @Override
    public void close() {
        // Its files are the test's.
    }

    private void begin(String call) {
        requireUp();
        hooks.getOrDefault(call, () -> {}).run();
    }

    private void end(String call) {
        hooks.getOrDefault("after " + call, () -> {}).run();
    }

    @Nullable
    OuterEntry entry(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        Content content = files.get(path);
        if (content != null) {
            return new OuterEntry(
                    name, false, content.bytes.length, 1_000_000L * content.version, "e" + content.version);
        }
        boolean directory = path.isEmpty()
                || made.contains(path)
                || Stream.concat(files.keySet().stream(), made.stream()).anyMatch(file -> file.startsWith(path + "/"));
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
            begin("read");
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

    private final class Writer implements OuterWriter {
        private final String path;
        private final boolean overwrite;
        private final ByteBuf bytes = Unpooled.buffer();
        private boolean over;

        Writer(String path, boolean overwrite) {
            this.path = path;
            this.overwrite = overwrite;
        }

        @Override
        public void write(ByteBuf more) {
            begin("write");
            bytes.writeBytes(more, more.readerIndex(), more.readableBytes());
            end("write");
        }

        @Override
        public void commit() {
            begin("commit");
            synchronized (files) {
                if (!overwrite && entry(path) != null) {
                    throw OuterProblems.exists(path);
                }
                byte[] all = new byte[bytes.readableBytes()];
                bytes.getBytes(0, all);
                MemoryStore.this.write(path, all);
            }
            ended();
            end("commit");
        }

        @Override
        public void close() {
            hooks.getOrDefault("close", () -> {}).run();
            ended();
        }

        private void ended() {
            if (!over) {
                over = true;
                open.decrementAndGet();
            }
        }
    }
}
