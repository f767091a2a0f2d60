package io.swarmgrid.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.wire.CheckpointBegin;
import io.swarmgrid.client.wire.CheckpointCommit;
import io.swarmgrid.client.wire.CheckpointList;
import io.swarmgrid.client.wire.CheckpointStatus;
import io.swarmgrid.client.wire.SeriesRequest;
import io.swarmgrid.client.wire.SessionRequest;
import io.swarmgrid.client.wire.ShardPut;
import io.swarmgrid.client.wire.StepRequest;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.memory.MemoryGrid;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.staging.Staging;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckpointServiceTest {
    private static final String SERIES = "/checkpoints/run";
    private static final CallContext CONTEXT = new CallContext(Caller.LOCAL, QosClass.BULK, "test");

    private final MemoryGrid grid = new MemoryGrid();
    private final CheckpointService service =
            new CheckpointService(grid, grid, new Staging(grid, Duration.ofMinutes(10), 100));

    @Test
    void becomesVisibleAsAWholeByItsCommit() {
        String session = begin(7, 2);
        put(session, "rank-0", "first");
        put(session, "rank-1", "second");
        assertThat(grid.find(GridPath.parse(SERIES))).isEmpty();

        ObjectNode metadata = JsonNodeFactory.instance.objectNode().put("loss", 0.25);
        CheckpointStatus status = service.commit(CONTEXT, new CheckpointCommit(session, metadata));

        assertThat(status.path()).isEqualTo("/checkpoints/run/step-000000000007");
        assertThat(status.sizeBytes()).isEqualTo(11);
        assertThat(status.metadata()).isEqualTo(metadata);
        assertThat(status.shards()).extracting(CheckpointStatus.Shard::name).containsExactly("rank-0", "rank-1");
        assertThat(read(status.shards().get(1).path())).isEqualTo("second");
        assertThat(service.info(CONTEXT, new StepRequest(SERIES, null))).isEqualTo(status);
        assertThat(grid.list(Files.STAGING, null, 10).entries()).isEmpty();
    }

    @Test
    void answersARetriedCommitAsTheFirst() {
        String session = begin(1, null);
        put(session, "only", "x");
        CheckpointStatus first = service.commit(CONTEXT, new CheckpointCommit(session, null));
        assertThat(service.commit(CONTEXT, new CheckpointCommit(session, null))).isEqualTo(first);
    }

    @Test
    void refusesACommitThatLacksShardsAndNamesThem() {
        String session = begin(3, 4);
        put(session, "rank-00", "a");
        put(session, "rank-02", "b");
        refused(() -> service.commit(CONTEXT, new CheckpointCommit(session, null)), ErrorCode.PRECONDITION_FAILED)
                .hasMessageContaining("2 of 4 shards are there, missing: rank-01, rank-03");
        put(session, "rank-01", "c");
        put(session, "rank-03", "d");
        assertThat(service.commit(CONTEXT, new CheckpointCommit(session, null)).shards())
                .hasSize(4);
    }

    @Test
    void refusesACommitWithoutOrWithTooManyShards() {
        String none = begin(3, null);
        refused(() -> service.commit(CONTEXT, new CheckpointCommit(none, null)), ErrorCode.PRECONDITION_FAILED)
                .hasMessageContaining("no shard was put");
        String many = begin(3, 1);
        put(many, "a", "a");
        put(many, "b", "b");
        refused(() -> service.commit(CONTEXT, new CheckpointCommit(many, null)), ErrorCode.PRECONDITION_FAILED)
                .hasMessageContaining("2 of 1 shards are there: a, b");
    }

    @Test
    void hidesWhatWasNeverCommitted() {
        String session = begin(9, null);
        put(session, "a", "a");
        refused(() -> service.info(CONTEXT, new StepRequest(SERIES, 9L)), ErrorCode.NOT_FOUND);
        commitStep(8);
        assertThat(service.info(CONTEXT, new StepRequest(SERIES, null)).step()).isEqualTo(8);
        assertThat(service.list(CONTEXT, new SeriesRequest(SERIES, null, null)).steps())
                .extracting(CheckpointStatus::step)
                .containsExactly(8L);
    }

    @Test
    void letsTheFirstOfTwoCommitsOfAStepWin() {
        String first = begin(5, null);
        String second = begin(5, null);
        put(first, "a", "first");
        put(second, "a", "second");
        CheckpointStatus winner = service.commit(CONTEXT, new CheckpointCommit(second, null));
        refused(() -> service.commit(CONTEXT, new CheckpointCommit(first, null)), ErrorCode.ALREADY_EXISTS);
        assertThat(read(winner.shards().get(0).path())).isEqualTo("second");
        refused(() -> begin(5, null), ErrorCode.ALREADY_EXISTS);
    }

    @Test
    void keepsSingleShardsOfAStepAsItsManifestHasThem() {
        StepGuard guard = new StepGuard(grid);
        GridPath step = GridPath.parse(SERIES + "/step-000000000006");
        guard.requireOutside(step.child("a"), "rename"); // no such step yet
        commitStep(6);
        CheckpointStatus committed = service.info(CONTEXT, new StepRequest(SERIES, 6L));
        GridPath shard = GridPath.parse(committed.shards().get(0).path());
        GridPath other = GridPath.parse("/other");
        GuardedStore guarded = new GuardedStore(grid, guard);

        for (ThrowableAssert.ThrowingCallable change : List.<ThrowableAssert.ThrowingCallable>of(
                () -> guard.requireOutside(shard, "rename"),
                () -> guard.requireOutside(step.child("new"), "rename to"),
                () -> guard.requireOutside(step.child(Manifest.NAME), "rename"),
                () -> guarded.concat(CONTEXT, shard, List.of(other), null),
                () -> guarded.concat(CONTEXT, other, List.of(shard), null),
                () -> guarded.truncate(shard, 0),
                () -> guarded.append(CONTEXT, shard),
                () -> guarded.create(CONTEXT, shard, PutOptions.create("ada").overwriting()),
                () -> guarded.put(CONTEXT, shard, PutOptions.create("ada").overwriting()))) {
            assertThatThrownBy(change)
                    .isInstanceOfSatisfying(GridException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                        assertThat(e.hint()).contains("a step is renamed as a whole", "swarm checkpoint rm");
                    })
                    .hasMessageContaining("the manifest of step 6 of " + SERIES);
        }
        guard.requireOutside(step, "rename");
        guard.requireOutside(step.child("below").child("deeper"), "rename");
        assertThat(service.info(CONTEXT, new StepRequest(SERIES, 6L))).isEqualTo(committed);
    }

    @Test
    void listsTheLatestFirstAndPageByPage() {
        for (long step : new long[] {1, 2, 10, 11, 300}) {
            commitStep(step);
        }
        grid.makeDirectory(GridPath.parse(SERIES + "/step-000000000999"), "x", Files.Parents.MAKE);
        CheckpointList first = service.list(CONTEXT, new SeriesRequest(SERIES, 3, null));
        assertThat(first.steps()).extracting(CheckpointStatus::step).containsExactly(300L, 11L);
        CheckpointList second = service.list(CONTEXT, new SeriesRequest(SERIES, 3, first.nextPageToken()));
        assertThat(second.steps()).extracting(CheckpointStatus::step).containsExactly(10L, 2L, 1L);
        assertThat(second.nextPageToken()).isNull();
    }

    @Test
    void replacesAShardThatIsPutAgain() {
        String session = begin(4, 1);
        put(session, "a", "old");
        put(session, "a", "new");
        CheckpointStatus status = service.commit(CONTEXT, new CheckpointCommit(session, null));
        assertThat(read(status.shards().get(0).path())).isEqualTo("new");
    }

    @Test
    void refusesBadNames() {
        String session = begin(4, 1);
        for (String name : new String[] {"manifest.json", "", "a/b", ".."}) {
            refused(() -> service.shard(CONTEXT, new ShardPut(session, name)), ErrorCode.INVALID_ARGUMENT);
        }
        refused(() -> service.begin(CONTEXT, new CheckpointBegin("/", 1, null, null)), ErrorCode.INVALID_ARGUMENT);
        refused(() -> service.begin(CONTEXT, new CheckpointBegin(SERIES, -1, null, null)), ErrorCode.INVALID_ARGUMENT);
    }

    @Test
    void abortsAndRemoves() {
        String session = begin(4, 1);
        put(session, "a", "a");
        service.abort(new SessionRequest(session));
        service.abort(new SessionRequest(session));
        refused(() -> service.commit(CONTEXT, new CheckpointCommit(session, null)), ErrorCode.NOT_FOUND);
        commitStep(6);
        service.remove(CONTEXT, new StepRequest(SERIES, 6L));
        refused(() -> service.remove(CONTEXT, new StepRequest(SERIES, 6L)), ErrorCode.NOT_FOUND);
    }

    @Test
    void namesADamagedManifest() {
        commitStep(6);
        grid.damage(GridPath.parse(SERIES + "/step-000000000006/manifest.json"), "{".getBytes(StandardCharsets.UTF_8));
        refused(() -> service.info(CONTEXT, new StepRequest(SERIES, 6L)), ErrorCode.CORRUPT_DATA)
                .hasMessageContaining("/checkpoints/run/step-000000000006/manifest.json");
    }

    @Test
    void putsChecksumsOfPartsTogether() {
        byte[] all = "The quick brown fox jumps over the lazy dog, and once more.".getBytes(StandardCharsets.UTF_8);
        for (int cut : new int[] {0, 1, 17, all.length}) {
            int combined = FileChecksum.combine(crc(all, 0, cut), crc(all, cut, all.length), all.length - cut);
            assertThat(combined).isEqualTo(crc(all, 0, all.length));
        }
    }

    private static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private void commitStep(long step) {
        String session = begin(step, 1);
        put(session, "a", "step " + step);
        service.commit(CONTEXT, new CheckpointCommit(session, null));
    }

    private String begin(long step, @Nullable Integer shards) {
        return service.begin(CONTEXT, new CheckpointBegin(SERIES, step, shards, 2))
                .session();
    }

    private void put(String session, String shard, String text) {
        try (FileWriter writer = service.shard(CONTEXT, new ShardPut(session, shard))) {
            writer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            writer.commit();
        }
    }

    private String read(String path) {
        try (FileReader reader = grid.open(CONTEXT, GridPath.parse(path))) {
            ByteBuf bytes = reader.read(0, (int) reader.lengthBytes());
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        return assertThatThrownBy(call)
                .isInstanceOf(GridException.class)
                .satisfies(e -> assertThat(((GridException) e).code()).isEqualTo(code));
    }
}
