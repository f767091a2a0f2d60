package io.swarmgrid.mount.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Operations;
import io.swarmgrid.mount.fuse.Refusal;
import org.junit.jupiter.api.Test;

class TreeTest {
    private final Tree tree = new Tree(entry("/top", EntryKind.DIRECTORY, 1));
    private final Node root = tree.node(Operations.ROOT);

    @Test
    void tellsPathsByPlaces() {
        Node directory = enter(root, "d", EntryKind.DIRECTORY, 2);
        Node file = enter(directory, "f", EntryKind.FILE, 3);
        assertThat(tree.path(root)).isEqualTo("/top");
        assertThat(tree.path(file)).isEqualTo("/top/d/f");
        assertThat(tree.path(directory, "g")).isEqualTo("/top/d/g");
    }

    @Test
    void movesWhatIsBelowADirectoryAlong() {
        Node directory = enter(root, "d", EntryKind.DIRECTORY, 2);
        Node file = enter(directory, "f", EntryKind.FILE, 3);
        tree.renamed(root, "d", root, "e");
        assertThat(tree.path(file)).isEqualTo("/top/e/f");
        assertThat(tree.at(root, "d")).isNull();
    }

    @Test
    void keepsTheNodeOfTheSameEntryAndGivesAnotherOneAnother() {
        Node file = enter(root, "f", EntryKind.FILE, 3);
        assertThat(enter(root, "f", EntryKind.FILE, 3)).isSameAs(file);
        Node other = enter(root, "f", EntryKind.FILE, 4);
        assertThat(other).isNotSameAs(file);
        assertThat(tree.isGone(file)).isTrue();
    }

    @Test
    void believesNothingThatWasAskedBeforeTheEntryWasReplacedHere() {
        long askedNanos = System.nanoTime();
        Node file = enter(root, "f", EntryKind.FILE, 3);
        file.replacedBy(5);
        FileStatus old = entry("/top/f", EntryKind.FILE, 3);
        assertThat(tree.enter(root, "f", old, askedNanos)).isSameAs(file);
        assertThat(tree.enterListed(root, "f", old)).isZero();
        assertThat(tree.isGone(file)).isFalse();
    }

    /** What is written to the open one must not come to what somebody else has put in its place. */
    @Test
    void givesAnotherFileAnotherNodeAlsoWhileTheOneThatWasThereIsBeingWritten() {
        Node file = enter(root, "f", EntryKind.FILE, 3);
        file.written(true);
        assertThat(enter(root, "f", EntryKind.FILE, 4)).isNotSameAs(file);
        assertThat(tree.isGone(file)).isTrue();
    }

    @Test
    void keepsTheNodeWhoseFileIsBeingReplacedFromHere() {
        Node file = enter(root, "f", EntryKind.FILE, 3);
        file.replacing(true);
        assertThat(enter(root, "f", EntryKind.FILE, 4)).isSameAs(file);
        file.replacedBy(4);
        file.replacing(false);
        assertThat(enter(root, "f", EntryKind.FILE, 4)).isSameAs(file);
    }

    @Test
    void takesNoOlderVersionForWhatTheKernelHas() {
        Node file = enter(root, "f", EntryKind.FILE, 3);
        long askedNanos = System.nanoTime();
        FileStatus older = version(3);
        FileStatus newer = version(4);
        assertThat(file.caches(older, askedNanos)).isFalse();
        assertThat(file.caches(newer, askedNanos + 2)).isFalse();
        assertThat(file.caches(older, askedNanos + 1))
                .as("asked before the newer one")
                .isFalse();
        assertThat(file.caches(newer, askedNanos + 3)).as("what the kernel has").isTrue();
    }

    private static FileStatus version(long version) {
        return new FileStatus("/top/f", EntryKind.FILE, 3, 0, version, 0, 0, "ann", 1, null, null);
    }

    @Test
    void forgetsANodeWithItsLastLookup() {
        Node file = enter(root, "f", EntryKind.FILE, 3);
        enter(root, "f", EntryKind.FILE, 3);
        assertThat(tree.forget(file.number(), 1)).isFalse();
        assertThat(tree.forget(file.number(), 1)).isTrue();
        assertThatThrownBy(() -> tree.node(file.number()))
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.errno()).isEqualTo(Errno.ESTALE));
        assertThat(tree.at(root, "f")).isNull();
        assertThat(tree.forget(Operations.ROOT, 100)).isFalse();
    }

    @Test
    void keepsTheLastPathOfWhatIsGone() {
        Node file = enter(root, "f", EntryKind.FILE, 3);
        Node other = enter(root, "g", EntryKind.FILE, 4);
        tree.renamed(root, "f", root, "g");
        assertThat(tree.isGone(other)).isTrue();
        assertThat(tree.path(other)).isEqualTo("/top/g");
        assertThat(tree.at(root, "g")).isSameAs(file);
    }

    private Node enter(Node parent, String name, EntryKind kind, long id) {
        return tree.enter(parent, name, entry(tree.path(parent, name), kind, id), System.nanoTime());
    }

    private static FileStatus entry(String path, EntryKind kind, long id) {
        return new FileStatus(path, kind, id, 0, 1, 0, 0, "ann", 1, null, null);
    }
}
