package io.swarmgrid.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.Concat;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.StatRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.StorageStatistics;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The file system over a door that knows one directory of three files, a page of two. */
class SwarmFileSystemTest {
    private static final Metadata.Key<String> QOS = Metadata.Key.of("x-swarm-qos", Metadata.ASCII_STRING_MARSHALLER);

    private final AtomicInteger lists = new AtomicInteger();
    private final List<String> stats = new CopyOnWriteArrayList<>();
    private final List<Concat> joins = new CopyOnWriteArrayList<>();
    private final Set<String> classes = ConcurrentHashMap.newKeySet();
    private Server door;

    @BeforeEach
    void open() throws IOException {
        door = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.CALL, ServerCalls.asyncUnaryCall(this::answer))
                        .build())
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, A> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                        classes.add(String.valueOf(headers.get(QOS)));
                        return next.startCall(call, headers);
                    }
                })
                .build()
                .start();
    }

    @AfterEach
    void close() {
        door.shutdownNow();
    }

    @Test
    void isFoundByItsSchemeAndNeedsNoArrow() throws IOException {
        assertThatThrownBy(() -> Class.forName("org.apache.arrow.memory.BufferAllocator"))
                .isInstanceOf(ClassNotFoundException.class);
        try (FileSystem files =
                FileSystem.newInstance(URI.create("swarm://" + address() + "/d"), new Configuration())) {
            assertThat(files).isInstanceOf(SwarmFileSystem.class);
            assertThat(files.getFileStatus(new Path("/d")).isDirectory()).isTrue();
            assertThat(files.getFileStatus(new Path("swarm://" + address() + "/d/a"))
                            .getLen())
                    .isEqualTo(5);
            assertThat(files.getUri()).hasToString("swarm://" + address());
        }
    }

    @Test
    void goesToTheNodesOfTheGridThatIsNamed() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.swarm.lab_1.addresses", "127.0.0.1:1, " + address());
        configuration.set("fs.swarm.qos", "bulk");
        try (FileSystem files = FileSystem.newInstance(URI.create("swarm://lab_1/"), configuration)) {
            assertThat(files.getFileStatus(new Path("/d/a")).getPath()).hasToString("swarm://lab_1/d/a");
        }
        assertThat(classes).as("the class that is configured for all grids").containsExactly("bulk");
        configuration.set("fs.swarm.lab_1.qos", "background");
        try (FileSystem files = FileSystem.newInstance(URI.create("swarm://lab_1/"), configuration)) {
            files.getFileStatus(new Path("/d/a"));
        }
        assertThat(classes).as("the one for this grid").containsExactlyInAnyOrder("bulk", "background");
    }

    @Test
    void worksForFileContext() throws IOException {
        Configuration configuration = new Configuration();
        configuration.set("fs.AbstractFileSystem.swarm.impl", Swarm.class.getName());
        FileContext context = FileContext.getFileContext(URI.create("swarm://" + address()), configuration);
        assertThat(context.getFileStatus(new Path("/d/a")).getLen()).isEqualTo(5);
        assertThat(context.util().listStatus(new Path("/d"))).hasSize(3);
    }

    @Test
    void listsPageByPage() throws IOException {
        try (FileSystem files = newInstance(address())) {
            RemoteIterator<org.apache.hadoop.fs.FileStatus> entries = files.listStatusIterator(new Path("/d"));
            assertThat(entries.next().getPath().getName()).isEqualTo("a");
            assertThat(lists).hasValue(1);
            assertThat(entries.next().getPath().getName()).isEqualTo("b");
            assertThat(entries.next().getPath().getName()).isEqualTo("c");
            assertThat(entries.hasNext()).isFalse();
            assertThat(lists).hasValue(2);
        }
    }

    @Test
    void countsWhatItIsAskedAsHdfsDoes() throws IOException {
        try (FileSystem files = newInstance(address())) {
            StorageStatistics counts = FileSystem.getGlobalStorageStatistics().get("swarm");
            long reads = counts.getLong("readOps");
            long largeReads = counts.getLong("largeReadOps");
            files.getFileStatus(new Path("/d/a"));
            files.exists(new Path("/lakee"));
            assertThat(counts.getLong("readOps") - reads).isEqualTo(2);
            files.listStatus(new Path("/d/a"));
            assertThat(counts.getLong("readOps") - reads).isEqualTo(3);
            files.listStatus(new Path("/d"));
            assertThat(counts.getLong("largeReadOps") - largeReads)
                    .as("the pages of a list that has more than one")
                    .isEqualTo(2);
            files.listStatusIterator(new Path("/d")).hasNext();
            assertThat(counts.getLong("readOps") - reads)
                    .as("the large ones are among them")
                    .isEqualTo(3 + 2 + 1);
        }
    }

    @Test
    void showsWhatBelongsToNobodyAsTheAskingUsers() throws IOException {
        try (FileSystem files = newInstance(address())) {
            org.apache.hadoop.fs.FileStatus status = files.getFileStatus(new Path("/d/a"));
            UserGroupInformation user = UserGroupInformation.getCurrentUser();
            assertThat(status.getOwner()).isEqualTo(user.getShortUserName());
            assertThat(status.getGroup()).isEqualTo(user.getPrimaryGroupName());
            assertThat(files.getFileStatus(new Path("/d/of-alice")).getOwner()).isEqualTo("alice");
        }
    }

    @Test
    void saysWhatTheGridSaysInHadoopsWords() throws IOException {
        try (FileSystem files = newInstance(address())) {
            assertThatThrownBy(() -> files.getFileStatus(new Path("/lakee")))
                    .isInstanceOf(FileNotFoundException.class)
                    .hasMessage("not found: /lakee (did you mean /lake?)");
            assertThatThrownBy(() -> files.getFileStatus(new Path("/secret")))
                    .isInstanceOf(AccessControlException.class)
                    .hasMessage("permission denied: caller=bob");
        }
    }

    @Test
    void namesTheAddressesWhereNobodyAnswers() throws IOException {
        try (FileSystem files = newInstance("127.0.0.1:1")) {
            assertThatThrownBy(() -> files.getFileStatus(new Path("/")))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("127.0.0.1:1: connection refused");
        }
    }

    @Test
    void opensTheFileOfAStatusThatItGaveWithoutAskingAgain() throws Exception {
        try (FileSystem files = newInstance(address())) {
            Path path = new Path("/d/a");
            org.apache.hadoop.fs.FileStatus given = files.getFileStatus(path);
            org.apache.hadoop.fs.FileStatus serialized = serialized(given);
            stats.clear();
            files.openFile(path).withFileStatus(given).build().get().close();
            files.openFile(path).withFileStatus(serialized).build().get().close();
            assertThat(stats).isEmpty();
            assertThat(((EtagSource) serialized).getEtag()).isEqualTo(((EtagSource) given).getEtag());
            assertThat(files.getPathHandle(serialized)).isEqualTo(files.getPathHandle(given));
        }
    }

    /** Wrappers of file systems give statuses of their own, with other places: those must be borne, and show nothing. */
    @Test
    void opensTheFileOfThePathWhateverElseTheStatusShows() throws Exception {
        try (FileSystem files = newInstance(address())) {
            Path path = new Path("/d/a");
            org.apache.hadoop.fs.FileStatus elsewhere = files.getFileStatus(new Path("/d/below/a"));
            org.apache.hadoop.fs.FileStatus plain =
                    new org.apache.hadoop.fs.FileStatus(5, false, 1, 1, 1, new Path("view://mounts/a"));
            for (org.apache.hadoop.fs.FileStatus given : List.of(elsewhere, plain)) {
                stats.clear();
                files.openFile(path).withFileStatus(given).build().get().close();
                assertThat(stats).as(given.toString()).containsExactly("/d/a");
            }
            org.apache.hadoop.fs.FileStatus other = files.getFileStatus(new Path("/d/b"));
            assertThatThrownBy(() -> files.openFile(path).withFileStatus(other).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("/d/b")
                    .hasMessageContaining("/d/a");
        }
    }

    @Test
    void joinsAnyNumberOfFilesInTheirOrder() throws IOException {
        List<Path> sources =
                IntStream.range(0, 2001).mapToObj(i -> new Path("/d/part-" + i)).toList();
        try (FileSystem files = newInstance(address())) {
            files.concat(new Path("/d/a"), sources.toArray(new Path[0]));
        }
        assertThat(joins).allMatch(join -> join.path().equals("/d/a"));
        assertThat(joins.stream().map(join -> join.sources().size()))
                .as("no more than the grid takes at once")
                .containsExactly(1000, 1000, 1);
        assertThat(joins.stream().flatMap(join -> join.sources().stream()))
                .containsExactlyElementsOf(sources.stream().map(Path::toString).toList());
        assertThat(joins.stream().map(Concat::operationId)).doesNotHaveDuplicates();
    }

    private static org.apache.hadoop.fs.FileStatus serialized(org.apache.hadoop.fs.FileStatus status)
            throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(status);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (org.apache.hadoop.fs.FileStatus) in.readObject();
        }
    }

    @Test
    void refusesWhatIsNoPathOfIts() throws IOException {
        assertThatThrownBy(() -> newInstance("nowhere"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fs.swarm.nowhere.addresses");
        try (FileSystem files = newInstance(address())) {
            assertThatThrownBy(() -> files.getFileStatus(new Path("hdfs://other/a")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Wrong FS");
        }
    }

    private static FileSystem newInstance(String authority) throws IOException {
        return FileSystem.newInstance(URI.create("swarm://" + authority + "/"), new Configuration());
    }

    private String address() {
        return "127.0.0.1:" + door.getPort();
    }

    private void answer(ActionRequest request, StreamObserver<byte[]> answers) {
        try {
            Object answer =
                    switch (request.action()) {
                        case "fs.list" -> list(Json.read(request.json(), ListRequest.class));
                        case "fs.concat" -> joined(Json.read(request.json(), Concat.class));
                        default ->
                            asked(Json.read(request.json(), StatRequest.class).path());
                    };
            answers.onNext(Json.write(answer));
            answers.onCompleted();
        } catch (GridException e) {
            answers.onError(GridErrors.asStatusException(e, "r1", null));
        }
    }

    private Listing list(ListRequest request) {
        lists.incrementAndGet();
        return request.pageToken() == null
                ? new Listing(List.of(stat("/d/a"), stat("/d/b")), "more")
                : new Listing(List.of(stat("/d/c")), null);
    }

    private FileStatus joined(Concat concat) {
        joins.add(concat);
        return stat(concat.path());
    }

    private FileStatus asked(String path) {
        stats.add(path);
        return stat(path);
    }

    private static FileStatus stat(String path) {
        if (path.equals("/secret")) {
            throw new GridException(ErrorCode.PERMISSION_DENIED, "permission denied: caller=bob");
        }
        boolean directory = path.equals("/d");
        if (!directory && !path.startsWith("/d/")) {
            throw GridException.notFound(GridPath.parse(path), "did you mean /lake?");
        }
        EntryKind kind = directory ? EntryKind.DIRECTORY : EntryKind.FILE;
        String owner = path.endsWith("alice") ? "alice" : "local";
        return new FileStatus(path, kind, 7, directory ? 0 : 5, 1, 1, 2, owner, 2, "sealed", null);
    }
}
