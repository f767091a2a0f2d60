package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.BackupRequest;
import io.swarmgrid.client.wire.BackupResult;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.client.wire.RestoreRequest;
import io.swarmgrid.client.wire.Truncate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a restore makes of files that grew, on one node. */
class RestoreTest {
    private final Random random = new Random(5);

    @TempDir
    private Path data;

    private GridNode node;
    private GridClient client;

    @BeforeEach
    void start() {
        node = GridNode.start(NodeFixture.config(
                data,
                Map.of(
                        "storage.block-size", "64KiB",
                        "storage.chunk-size", "64KiB",
                        "storage.replicas", "1",
                        "storage.min-replicas", "1")));
        String address = node.location().replace("grpc://", "");
        client = GridClient.connect(List.of(address), ClientOptions.DEFAULT);
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
    }

    @Test
    void whatWasAppendedSinceIsUndoneAndKeptAside() throws Exception {
        List<String> paths = List.of("/blocks", "/small", "/grown");
        List<byte[]> before = List.of(bytes(100_000), bytes(100), bytes(100));
        List<byte[]> added = List.of(bytes(50_000), bytes(200), bytes(90_000));
        for (int i = 0; i < paths.size(); i++) {
            put(paths.get(i), before.get(i));
        }
        backup();
        for (int i = 0; i < paths.size(); i++) {
            try (GrowingFile file = GrowingFile.append(client, paths.get(i))) {
                file.write(added.get(i), 0, added.get(i).length);
                file.commit();
            }
        }

        RecoverResult done = restore();
        for (int i = 0; i < paths.size(); i++) {
            assertThat(get(paths.get(i))).as(paths.get(i)).isEqualTo(before.get(i));
        }
        assertThat(done.problems()).hasSize(3).allMatch(problem -> problem.problem()
                .equals(Problem.LATER));
        List<Integer> kept = new ArrayList<>();
        for (Problem problem : done.problems()) {
            kept.add(get(problem.path()).length);
        }
        // The appended blocks; the small file as it was after it; and what had become of it, in blocks altogether.
        assertThat(kept).containsExactlyInAnyOrder(50_000, 300, 90_100);
        assertThat(restore().problems()).isEmpty();
    }

    @Test
    void whatWasCutSinceIsAsLongAsItWas() throws Exception {
        byte[] blocks = bytes(200_000);
        byte[] small = bytes(1000);
        put("/within-a-block", blocks);
        put("/by-blocks", blocks);
        put("/small", small);
        backup();
        truncate("/within-a-block", 140_000); // its third block keeps all of its bytes, and is used in part
        truncate("/by-blocks", 10_000);
        truncate("/small", 10);

        RecoverResult done = restore();

        assertThat(get("/within-a-block")).isEqualTo(blocks);
        assertThat(get("/by-blocks")).isEqualTo(blocks);
        assertThat(get("/small")).isEqualTo(small);
        assertThat(done.counts().missingBlocks()).isZero();
        assertThat(restore().problems()).isEmpty();
    }

    @Test
    void whatWasCutBeforeIsAsShortAsItWas() throws Exception {
        byte[] bytes = bytes(200_000);
        put("/cut", bytes);
        truncate("/cut", 140_000);
        backup();
        try (GrowingFile file = GrowingFile.append(client, "/cut")) {
            file.write(bytes, 0, 5000);
            file.commit();
        }

        restore();

        assertThat(get("/cut")).isEqualTo(Arrays.copyOf(bytes, 140_000));
    }

    private void truncate(String path, long lengthBytes) {
        client.action("fs.truncate", new Truncate(path, lengthBytes), FileStatus.class);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private void put(String path, byte[] bytes) throws Exception {
        FilePut put = new FilePut(path, null, null, null, null);
        new FileTransfer(client)
                .put(put, bytes.length, Channels.newChannel(new ByteArrayInputStream(bytes)), done -> {});
    }

    private byte[] get(String path) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new FileTransfer(client).get(new FileRead(path, null, null), Channels.newChannel(bytes), done -> {});
        return bytes.toByteArray();
    }

    private void backup() {
        BackupResult result =
                client.action("grid.backup", new BackupRequest("one", null, null, null), BackupResult.class);
        while (result.state().equals(BackupResult.RUNNING)) {
            result =
                    client.action("grid.backup", new BackupRequest(null, null, null, result.run()), BackupResult.class);
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(BackupResult.DONE);
    }

    private RecoverResult restore() {
        RecoverResult result =
                client.action("grid.restore", new RestoreRequest("one", null, null, null), RecoverResult.class);
        while (result.state().equals(RecoverResult.RUNNING)) {
            result = client.action(
                    "grid.restore", new RestoreRequest(null, null, null, result.run()), RecoverResult.class);
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(RecoverResult.DONE);
        assertThat(result.recovering()).isFalse();
        return result;
    }
}
