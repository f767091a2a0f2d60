package io.swarmgrid.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.QuotaListing;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.Usage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ContentSummary;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.QuotaUsage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code hadoop fs -count} shows of quotas, over a door where /q has one, and what is below it has none. */
class QuotaUsageTest {
    private static final QuotaStatus COUNTED = new QuotaStatus("/q", 1000L, 50L, 300, 7, QuotaState.ACTIVE);

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private Server door;
    private FileSystem files;

    @BeforeEach
    void open() throws IOException {
        door = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.CALL, ServerCalls.asyncUnaryCall(this::answer))
                        .build())
                .build()
                .start();
        files = FileSystem.newInstance(URI.create("swarm://127.0.0.1:" + door.getPort() + "/"), new Configuration());
    }

    @AfterEach
    void close() throws IOException {
        files.close();
        door.shutdownNow();
    }

    private void answer(ActionRequest request, StreamObserver<byte[]> answers) {
        asked.add(request.action());
        String path = Json.read(request.json(), PathRequest.class).path();
        if (path.startsWith("/file/")) {
            GridException error = new GridException(ErrorCode.NOT_A_DIRECTORY, "not a directory: /file");
            answers.onError(GridErrors.asStatusException(error, "r1", null));
            return;
        }
        boolean counts = path.startsWith("/q");
        Object answer = request.action().equals("fs.quota")
                ? new QuotaListing(counts ? List.of(COUNTED) : List.of())
                : new Usage(path, 2, 3, 120, 360, counts ? COUNTED : null);
        answers.onNext(Json.write(answer));
        answers.onCompleted();
    }

    @Test
    void isWhatIsCountedForTheQuotaByOneCall() throws IOException {
        QuotaUsage usage = files.getQuotaUsage(new Path("/q"));
        assertThat(asked).as("no walk").containsExactly("fs.quota");
        assertThat(usage.getQuota()).isEqualTo(50);
        assertThat(usage.getFileAndDirectoryCount()).isEqualTo(7);
        assertThat(usage.getSpaceQuota()).isEqualTo(1000);
        assertThat(usage.getSpaceConsumed()).isEqualTo(300);
        assertThat(usage.toString().split(" +")).containsExactly("", "50", "43", "1000", "700");
    }

    @Test
    void isNoneWhereOnlyADirectoryAboveHasOne() throws IOException {
        for (String path : List.of("/q/below", "/free")) {
            assertThat(files.getQuotaUsage(new Path(path)).toString().split(" +"))
                    .as(path)
                    .containsExactly("", "none", "inf", "none", "inf");
            assertThat(files.getContentSummary(new Path(path)).toString().split(" +"))
                    .as(path)
                    .containsExactly("", "none", "inf", "none", "inf", "3", "2", "120");
        }
    }

    @Test
    void leavesInASummaryWhatIsNotCountedYet() throws IOException {
        ContentSummary summary = files.getContentSummary(new Path("/q"));
        assertThat(asked).containsExactly("fs.usage");
        assertThat(summary.toString().split(" +"))
                .as("what is there counts for less than its copies take, and more than is seen")
                .containsExactly("", "50", "43", "1000", "700", "3", "2", "120");
        assertThat(summary.toString(false).split(" +")).containsExactly("", "3", "2", "120");
        assertThat(summary.getSpaceConsumed()).as("with all copies").isEqualTo(360);
        assertThat(summary.getFileAndDirectoryCount()).isEqualTo(5);
        assertThat(summary.getQuota()).isEqualTo(50);
        assertThat(summary.getSpaceQuota()).isEqualTo(1000);
    }

    @Test
    void isMissedWhereNothingIs() {
        assertThatThrownBy(() -> files.getQuotaUsage(new Path("/file/below")))
                .isInstanceOf(FileNotFoundException.class)
                .hasMessage("not a directory: /file");
    }
}
