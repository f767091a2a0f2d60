package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.ignite.Ignite;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A grid of one node with something of everything, changes to which are cut off. */
abstract class CutTree {
    static final PutOptions OPTIONS = PutOptions.create("ada");
    static final TestClock CLOCK = new TestClock();

    @TempDir
    private static Path directory;

    static TestGrid grid;
    static CutLog log;
    static OpenFile small;
    static OpenFile large;
    static BlockId block;
    static OpenFile flushed;
    static BlockId flushedBlock;
    static long gone;
    static long allGone;

    @BeforeAll
    static void start() {
        grid = TestGrid.start(directory, CLOCK, Map.of(), "n1");
        log = new CutLog(grid.first().ignite(), grid.first().namespace());
        put("/a/one", "1");
        put("/a/two", "2");
        put("/a/empty", "");
        put("/b/three", "3");
        put("/a/d/four", "4");
        putBlock(grid.first().namespace(), "/b/five", OPTIONS);
        putBlock(grid.first().namespace(), "/b/six", OPTIONS);
        putBlock(grid.first().namespace(), "/c/nine", OPTIONS);
        putBlock(grid.first().namespace(), "/d/ten", OPTIONS);
        FileMetadata files = grid.first().namespace().fileMetadata();
        files.concat(Joins.looked(files, null, path("/c/nine"), path("/d/ten")));
        gone = removed("/a/gone", "13");
        put("/a/all/gone", "14");
        allGone = removed("/a/all", null);
        put("/a/seven", "7");
        grid.first().namespace().files().rename(path("/a/seven"), path("/b/seven"), false, null);
        grid.first().namespace().mounts().attach(path("/a/mount"), "file:///data", "ada", null);
        stage("first", "x");
        grid.first()
                .namespace()
                .files()
                .publish(new Publication(
                        Files.STAGING.child("first"),
                        path("/sets/first"),
                        PutMode.CREATE,
                        EntryKind.DATASET,
                        Map.of(),
                        0,
                        null));
        appendAndBeginVersionsAnew();
        stage("second", "y", "z", "w");
        IgniteNamespace space = grid.first().namespace();
        small = space.fileMetadata().create(path("/a/small"), OPTIONS);
        large = space.fileMetadata().create(path("/a/large"), OPTIONS);
        block = space.fileMetadata().allocate(large, 0, Set.of()).id();
        flushed = space.fileMetadata().create(path("/a/flushed"), OPTIONS);
        flushedBlock = space.fileMetadata().allocate(flushed, 0, Set.of()).id();
        space.fileMetadata().show(flushed, List.of(flushedBlock), 20);
        space.fileMetadata().create(path("/a/moved"), OPTIONS);
        space.files().rename(path("/a/moved"), path("/b/moved"), false, null);
    }

    /** @param content null for a directory that is there */
    private static long removed(String path, @Nullable String content) {
        if (content != null) {
            put(path, content);
        }
        long id = idOf(grid.first().namespace(), path);
        grid.first().namespace().files().remove(path(path), true, null);
        return id;
    }

    /** As a publication does with what was appended to the staged directory before. */
    private static void appendAndBeginVersionsAnew() {
        stage("batch", "v");
        FileStatus grown = grid.first()
                .namespace()
                .files()
                .publish(new Publication(
                        Files.STAGING.child("batch"),
                        path("/sets/first"),
                        PutMode.APPEND,
                        EntryKind.DATASET,
                        Map.of(),
                        1,
                        null));
        long id = grown.id();
        new Runner(ignite(), grid.first().nodes()).changeHere(tables -> {
            Inode inode = Objects.requireNonNull(tables.inode(id));
            tables.guard(id, new Guard(false, 0, 1));
            tables.inode(id, inode.revised(1, 0));
            return id;
        });
    }

    @AfterAll
    static void stop() {
        grid.close();
    }

    static long idOf(IgniteNamespace space, String path) {
        return space.files().stat(path(path)).id();
    }

    static void put(String path, String content) {
        grid.first().namespace().fileMetadata().putInline(path(path), OPTIONS, bytes(content));
    }

    static void putBlock(IgniteNamespace space, String path, PutOptions options) {
        OpenFile file = space.fileMetadata().begin(path(path), options);
        BlockRecord block = space.fileMetadata().allocate(file, 0, Set.of());
        space.fileMetadata().seal(file, new SealedBlock(block.id(), 1, 99, 5), List.of("n1"));
        space.fileMetadata().commit(file, List.of(block.id()));
    }

    private static void stage(String session, String... names) {
        GridPath staged = Files.STAGING.child(session);
        grid.first().namespace().files().makeDirectory(staged, "ada", Parents.REQUIRE);
        for (String name : names) {
            put(staged.child(name).toString(), name);
        }
    }

    static GridPath path(String path) {
        return GridPath.parse(path);
    }

    static byte[] bytes(String content) {
        return content.getBytes(StandardCharsets.UTF_8);
    }

    static Ignite ignite() {
        return grid.first().ignite();
    }
}
