package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BackupRequest;
import io.swarmgrid.client.wire.BackupResult;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RestoreRequest;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import io.swarmgrid.config.TierConfig;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.TierOwner;
import io.swarmgrid.storage.journal.NamesJournal;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes whose metadata is backed up and restored. Blocks are the business of BackupIT. */
abstract class RestoredGrid {
    private static final int NODES = 2;

    @TempDir
    private Path directory;

    final TestClock clock = new TestClock();
    final BackupFakes.Gate gate = new BackupFakes.Gate();
    private final List<AutoCloseable> opened = new ArrayList<>();
    TestGrid grid;
    private final List<GridBackups> backups = new ArrayList<>();
    private final List<GridRestore> restores = new ArrayList<>();

    @BeforeEach
    void start() {
        grid = TestGrid.start(directory.resolve("ignite"), clock, Map.of("metadata.backups", "1"), "n1", "n2");
        for (int i = 0; i < NODES; i++) {
            TestGrid.Member member = grid.member(i);
            Path own = directory.resolve(member.name());
            NamesJournal journal = NamesJournal.open(own.resolve("names"));
            ChunkBuffers buffers = new ChunkBuffers(8 << 20);
            TierConfig tier = new TierConfig(Medium.SSD, own.resolve("blocks"), Optional.empty());
            BlockStore blocks = LocalBlockStore.open(
                    List.of(tier), Reserve.parse("1MiB"), buffers, new TierOwner("the-grid", member.name()));
            Shares.offer(member.ignite(), new RecoveryShare(journal, blocks));
            GridBackups backup = member.namespace().backups(new BackupFakes.Memory(), "the-grid", "1");
            backup.offer(gate, grid.backups(member.name()), own);
            GridRestore restore = member.namespace().restore(backup, gate);
            backups.add(backup);
            restores.add(restore);
            opened.addAll(List.of(journal, buffers, blocks, backup, restore));
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        grid.close();
    }

    Files files() {
        return grid.first().namespace().files();
    }

    static GridPath path(String text) {
        return GridPath.parse(text);
    }

    void put(String path, String text) {
        GridPath at = path(path);
        files().makeDirectory(Objects.requireNonNull(at.parent()), "ada", Files.Parents.MAKE);
        grid.first()
                .namespace()
                .fileMetadata()
                .putInline(at, PutOptions.create("ada").overwriting(), text.getBytes(StandardCharsets.UTF_8));
    }

    /** All that is in the trash goes for good. */
    void reclaim() {
        clock.advance(Duration.ofHours(1));
        for (int i = 0; i < NODES; i++) {
            for (int round = 0; round < 4; round++) {
                grid.member(i).namespace().census().reclaim(Set.of("n1", "n2"), block -> {}, (file, epoch) -> {});
            }
        }
    }

    /** Every file with its text, every directory with none. */
    Map<String, String> tree() {
        Map<String, String> tree = new TreeMap<>();
        walk(GridPath.ROOT, tree);
        return tree;
    }

    private void walk(GridPath directory, Map<String, String> tree) {
        for (FileStatus each : files().list(directory, null, 1000).entries()) {
            if (each.kind() == EntryKind.FILE) {
                byte[] bytes = Tables.of(grid.first().ignite()).inline(each.id());
                tree.put(each.path(), bytes == null ? "none" : new String(bytes, StandardCharsets.UTF_8));
            } else {
                tree.put(each.path(), "");
                walk(path(each.path()), tree);
            }
        }
    }

    void backup(String name) {
        BackupResult result = backups.get(0).backup(new BackupRequest(name, null, null, null));
        while (result.state().equals(BackupResult.RUNNING)) {
            result = backups.get(0).backup(new BackupRequest(null, null, null, result.run()));
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(BackupResult.DONE);
    }

    RecoverResult restore(String name, boolean dryRun) {
        RecoverResult result = restores.get(0).restore(new RestoreRequest(name, null, dryRun, null));
        while (result.state().equals(RecoverResult.RUNNING)) {
            result = restores.get(0).restore(new RestoreRequest(null, null, null, result.run()));
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(RecoverResult.DONE);
        return result;
    }
}
