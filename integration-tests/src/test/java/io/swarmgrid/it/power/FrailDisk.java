package io.swarmgrid.it.power;

import io.swarmgrid.mount.fuse.Attributes;
import io.swarmgrid.mount.fuse.Caller;
import io.swarmgrid.mount.fuse.Change;
import io.swarmgrid.mount.fuse.Created;
import io.swarmgrid.mount.fuse.DirectorySink;
import io.swarmgrid.mount.fuse.Entry;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Making;
import io.swarmgrid.mount.fuse.Opened;
import io.swarmgrid.mount.fuse.Operations;
import io.swarmgrid.mount.fuse.Refusal;
import io.swarmgrid.mount.fuse.Space;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/*
 * It promises what POSIX does and no more: bytes stay once their file was forced, names once their directory was. Below one directory
 * it promises what file systems with a journal do as well: a force of any file there takes along all names that were changed there
 * before. That is for Ignite, which forces its files and none of its directories.
 */
/** A file system that forgets what was not forced when its power is cut. Thread-safe. */
final class FrailDisk implements Operations {
    private static final long SIZE_BYTES = 64L << 30;
    private static final int ALL = 0777;

    private final String journalled;
    private final Map<Long, Node> nodes = new HashMap<>();
    private final Map<Long, Listing> listings = new HashMap<>();
    /** Journalled directories whose names have changed since anything there was forced. */
    private final Set<Node> changedNames = new HashSet<>();

    private final Node root;
    private long lastNumber = ROOT;
    private boolean off;
    private Predicate<String> deaf = path -> false;

    /** @param journalled name of a directory at the top */
    FrailDisk(String journalled) {
        this.journalled = journalled;
        this.root = new Node(ROOT, null, "", Attributes.DIRECTORY | ALL, new Caller(0, 0));
        nodes.put(ROOT, root);
    }

    /** A directory that is open, as it was then. */
    private record Listing(Node directory, List<Map.Entry<String, Node>> entries) {}

    private final class Node {
        private final long number;
        private final FrailContent content = new FrailContent();
        private final Map<String, Node> names = new TreeMap<>();
        private final Map<String, Node> forcedNames = new TreeMap<>();
        private @Nullable Node parent;
        private String name;
        private int mode;
        private int uid;
        private int gid;
        private long modifiedMs = System.currentTimeMillis();

        Node(long number, @Nullable Node parent, String name, int mode, Caller owner) {
            this.number = number;
            this.parent = parent;
            this.name = name;
            this.mode = mode;
            this.uid = owner.uid();
            this.gid = owner.gid();
        }

        String path() {
            return parent == null ? name : parent.path() + "/" + name;
        }

        boolean isJournalled() {
            Node above = parent;
            return above != null && (above == root ? name.equals(journalled) : above.isJournalled());
        }

        void forceNames() {
            forcedNames.clear();
            forcedNames.putAll(names);
        }

        void restore(BooleanSupplier written) {
            content.cut(written);
            names.clear();
            names.putAll(forcedNames);
            names.forEach((as, child) -> {
                child.parent = this;
                child.name = as;
                child.restore(written);
            });
        }

        Attributes attributes() {
            return new Attributes(number, content.sizeBytes(), mode, uid, gid, modifiedMs);
        }
    }

    /** Does not do what it is told where a path is one of these, and says that it has. */
    synchronized void lieAbout(Predicate<String> paths) {
        deaf = paths;
    }

    /** From its return on nothing that is done here counts, and everything fails. */
    synchronized void cut() {
        off = true;
    }

    /**
     * Shows what is left. Nobody uses it at that moment.
     *
     * @param written whether the next page that was not forced is there all the same
     */
    synchronized void powerOn(BooleanSupplier written) {
        root.restore(written);
        listings.clear();
        changedNames.clear();
        off = false;
    }

    private void requirePower() {
        if (off) {
            throw new Refusal(Errno.EIO, "no power");
        }
    }

    private Node node(long number) {
        requirePower();
        Node node = nodes.get(number);
        if (node == null) {
            throw new Refusal(Errno.ESTALE, "no node " + number);
        }
        return node;
    }

    private Node child(long parent, String name) {
        Node found = node(parent).names.get(name);
        if (found == null) {
            throw new Refusal(Errno.ENOENT, name);
        }
        return found;
    }

    private void changed(Node directory) {
        directory.modifiedMs = System.currentTimeMillis();
        if (directory.isJournalled()) {
            changedNames.add(directory);
        }
    }

    private Node make(long parent, String name, int mode, Caller caller) {
        Node directory = node(parent);
        Node made = new Node(++lastNumber, directory, name, mode, caller);
        nodes.put(made.number, made);
        directory.names.put(name, made);
        changed(directory);
        return made;
    }

    private static Entry entry(Node node) {
        return new Entry(node.number, node.attributes());
    }

    private static Opened opened(Node node) {
        return new Opened(node.number, true, false);
    }

    @Override
    public synchronized Entry lookup(long parent, String name) {
        return entry(child(parent, name));
    }

    /** What has no name any more is kept: a disk lives as long as its test. */
    @Override
    public void forget(long node, long lookups) {}

    @Override
    public synchronized Attributes attributes(long node) {
        return node(node).attributes();
    }

    @Override
    public synchronized Attributes change(long number, Change change) {
        Node node = node(number);
        if (change.sizeBytes() != null) {
            node.content.resize(change.sizeBytes());
            node.modifiedMs = System.currentTimeMillis();
        }
        node.mode = change.permission() == null ? node.mode : (node.mode & Attributes.KIND) | change.permission();
        node.uid = change.uid() == null ? node.uid : change.uid();
        node.gid = change.gid() == null ? node.gid : change.gid();
        node.modifiedMs = change.modifiedMs() == null ? node.modifiedMs : change.modifiedMs();
        return node.attributes();
    }

    @Override
    public synchronized Entry makeDirectory(long parent, String name, int permission, Caller caller) {
        if (node(parent).names.containsKey(name)) {
            throw new Refusal(Errno.EEXIST, name);
        }
        return entry(make(parent, name, Attributes.DIRECTORY | permission, caller));
    }

    @Override
    public synchronized Created create(long parent, String name, int permission, Making making, Caller caller) {
        Node found = node(parent).names.get(name);
        if (found != null && making == Making.NEW) {
            throw new Refusal(Errno.EEXIST, name);
        }
        Node file = found == null ? make(parent, name, Attributes.FILE | permission, caller) : found;
        if (making == Making.EMPTY) {
            file.content.resize(0);
        }
        return new Created(entry(file), opened(file));
    }

    @Override
    public synchronized void removeFile(long parent, String name) {
        child(parent, name);
        node(parent).names.remove(name);
        changed(node(parent));
    }

    @Override
    public synchronized void removeDirectory(long parent, String name) {
        if (!child(parent, name).names.isEmpty()) {
            throw new Refusal(Errno.ENOTEMPTY, name);
        }
        removeFile(parent, name);
    }

    @Override
    public synchronized void rename(long parent, String name, long newParent, String newName, boolean replace) {
        Node moved = child(parent, name);
        Node target = node(newParent);
        if (!replace && target.names.containsKey(newName)) {
            throw new Refusal(Errno.EEXIST, newName);
        }
        node(parent).names.remove(name);
        changed(node(parent));
        target.names.put(newName, moved);
        moved.parent = target;
        moved.name = newName;
        changed(target);
    }

    @Override
    public synchronized Opened open(long node, boolean write) {
        return opened(node(node));
    }

    @Override
    public synchronized void read(long handle, long offset, ByteBuffer target) {
        node(handle).content.read(offset, target);
    }

    @Override
    public synchronized void write(long handle, long offset, ByteBuffer bytes) {
        Node node = node(handle);
        node.content.write(offset, bytes);
        node.modifiedMs = System.currentTimeMillis();
    }

    @Override
    public void flush(long handle) {}

    @Override
    public synchronized void sync(long handle) {
        Node node = node(handle);
        if (!deaf.test(node.path())) {
            node.content.force();
            forceJournal(node);
        }
    }

    @Override
    public synchronized void syncDirectory(long handle) {
        Node node = listing(handle).directory();
        if (!deaf.test(node.path())) {
            node.forceNames();
            forceJournal(node);
        }
    }

    private void forceJournal(Node forced) {
        if (forced.isJournalled()) {
            changedNames.forEach(Node::forceNames);
            changedNames.clear();
        }
    }

    @Override
    public void release(long handle) {}

    @Override
    public synchronized long openDirectory(long number) {
        Node node = node(number);
        List<Map.Entry<String, Node>> entries = new ArrayList<>();
        node.names.forEach((name, child) -> entries.add(Map.entry(name, child)));
        long handle = ++lastNumber;
        listings.put(handle, new Listing(node, entries));
        return handle;
    }

    private Listing listing(long handle) {
        requirePower();
        Listing listing = listings.get(handle);
        if (listing == null) {
            throw new Refusal(Errno.EBADF, "no listing " + handle);
        }
        return listing;
    }

    @Override
    public synchronized void readDirectory(long handle, long offset, DirectorySink sink) {
        List<Map.Entry<String, Node>> entries = listing(handle).entries();
        for (int at = (int) offset; at < entries.size(); at++) {
            Node node = entries.get(at).getValue();
            if (!sink.add(entries.get(at).getKey(), node.attributes(), at + 1, () -> node.number)) {
                return;
            }
        }
    }

    @Override
    public synchronized void releaseDirectory(long handle) {
        listings.remove(handle);
    }

    @Override
    public Space space() {
        return new Space(SIZE_BYTES, SIZE_BYTES);
    }
}
