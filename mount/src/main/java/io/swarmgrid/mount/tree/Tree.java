package io.swarmgrid.mount.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Operations;
import io.swarmgrid.mount.fuse.Refusal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that the kernel knows, and where they are. As many as the kernel keeps in its cache: it says when it forgets one.
 * Thread-safe; asks nobody.
 */
public final class Tree {
    private final String top;

    @GuardedBy("this")
    private final Map<Long, Node> nodes = new HashMap<>();

    @GuardedBy("this")
    private final Map<Place, Node> places = new HashMap<>();

    @GuardedBy("this")
    private long lastNumber = Operations.ROOT;

    private record Place(long parent, String name) {}

    /** @param top the directory of the grid that is mounted */
    public Tree(FileStatus top) {
        this.top = top.path().equals("/") ? "" : top.path();
        nodes.put(Operations.ROOT, new Node(Operations.ROOT, null, "", top));
    }

    /** Throws ESTALE for a number that nothing has. */
    public synchronized Node node(long number) {
        Node node = nodes.get(number);
        if (node == null) {
            throw new Refusal(Errno.ESTALE, "no node " + number);
        }
        return node;
    }

    /** The node at a place; null where the kernel knows none. */
    public synchronized @Nullable Node at(Node parent, String name) {
        return places.get(new Place(parent.number(), name));
    }

    /** The path in the grid; of a node that is gone the last one it had. */
    public synchronized String path(Node node) {
        Deque<String> names = new ArrayDeque<>();
        Node at = node;
        for (Node parent = at.parent; parent != null; parent = at.parent) {
            names.push(at.name);
            at = parent;
        }
        String below = String.join("/", names);
        return below.isEmpty() ? (top.isEmpty() ? "/" : top) : top + "/" + below;
    }

    public String path(Node parent, String name) {
        String path = path(parent);
        return path.equals("/") ? "/" + name : path + "/" + name;
    }

    /** Whether it was removed or replaced. */
    public synchronized boolean isGone(Node node) {
        return node.gone;
    }

    /**
     * The node of what was found at a place, with one look-up more: the one that it had, unless another entry is there by now.
     *
     * @param askedNanos when the grid was asked
     */
    public synchronized Node enter(Node parent, String name, FileStatus found, long askedNanos) {
        Place place = new Place(parent.number(), name);
        Node node = places.get(place);
        if (node != null && !isSame(node, found) && askedNanos - node.settledNanos > 0) {
            leave(place, node);
            node = null;
        }
        if (node == null) {
            node = new Node(++lastNumber, parent, name, found);
            nodes.put(node.number(), node);
            places.put(place, node);
        }
        node.lookups++;
        return node;
    }

    /** The same for one of many that were listed some time ago; 0 where it is better asked for anew. */
    public synchronized long enterListed(Node parent, String name, FileStatus found) {
        Node node = places.get(new Place(parent.number(), name));
        return node != null && !isSame(node, found)
                ? 0
                : enter(parent, name, found, System.nanoTime()).number();
    }

    private static boolean isSame(Node node, FileStatus found) {
        boolean directory = found.kind() != EntryKind.FILE;
        return node.isDirectory() == directory && (node.fileId() == found.id() || node.isReplacing());
    }

    /** Takes back look-ups; returns whether the node is forgotten now. */
    public synchronized boolean forget(long number, long lookups) {
        Node node = nodes.get(number);
        if (node == null || number == Operations.ROOT) {
            return false;
        }
        node.lookups -= lookups;
        if (node.lookups > 0) {
            return false;
        }
        nodes.remove(number);
        Node parent = node.parent;
        if (!node.gone && parent != null) {
            places.remove(new Place(parent.number(), node.name), node);
        }
        return true;
    }

    /** What was there is removed. */
    public synchronized void removed(Node parent, String name) {
        Place place = new Place(parent.number(), name);
        Node node = places.get(place);
        if (node != null) {
            leave(place, node);
        }
    }

    /** Has a new place; what was there is gone. */
    public synchronized void renamed(Node parent, String name, Node newParent, String newName) {
        removed(newParent, newName);
        Node node = places.remove(new Place(parent.number(), name));
        if (node != null) {
            node.parent = newParent;
            node.name = newName;
            node.settledNanos = System.nanoTime();
            places.put(new Place(newParent.number(), newName), node);
        }
    }

    @GuardedBy("this")
    private void leave(Place place, Node node) {
        node.gone = true;
        places.remove(place);
    }
}
