package io.swarmgrid.node.cli;

import io.grpc.Server;
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
import io.swarmgrid.client.wire.BalanceStatus;
import io.swarmgrid.client.wire.CallerInfo;
import io.swarmgrid.client.wire.Concat;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.LoadRequest;
import io.swarmgrid.client.wire.LoadResult;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.client.wire.Usage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A door on loopback with a namespace in memory: as much of it as the commands' tests need. */
final class NamespaceDoor implements AutoCloseable {
    private static final long MODIFIED_MS = 1_700_000_000_000L;

    private final NavigableMap<String, FileStatus> entries = new ConcurrentSkipListMap<>();
    private volatile RepairStatus repair = RepairStatus.NONE;
    private final Queue<MetadataCheckResult> checks = new ConcurrentLinkedQueue<>();
    private final List<MetadataCheckRequest> askedForChecks = new CopyOnWriteArrayList<>();
    private final Queue<LoadResult> loads = new ConcurrentLinkedQueue<>();
    private final List<LoadRequest> askedForLoads = new CopyOnWriteArrayList<>();
    private final Server server;

    NamespaceDoor() throws IOException {
        put("/", EntryKind.DIRECTORY, 0);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.CALL, ServerCalls.asyncUnaryCall(this::answer))
                        .build())
                .build()
                .start();
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    NamespaceDoor put(String path, EntryKind kind, long sizeBytes) {
        String state = kind == EntryKind.FILE ? "sealed" : null;
        entries.put(
                path,
                new FileStatus(path, kind, 0xabc, sizeBytes, 1, MODIFIED_MS, MODIFIED_MS, "local", 2, state, null));
        return this;
    }

    void repair(RepairStatus work) {
        repair = work;
    }

    /** What it answers when it is asked for a check, one after the other. */
    void checks(MetadataCheckResult... answers) {
        checks.addAll(List.of(answers));
    }

    List<MetadataCheckRequest> askedForChecks() {
        return askedForChecks;
    }

    /** The same of loads, the last again and again. */
    void loads(LoadResult... answers) {
        loads.addAll(List.of(answers));
    }

    List<LoadRequest> askedForLoads() {
        return askedForLoads;
    }

    boolean has(String path) {
        return entries.containsKey(path);
    }

    private void answer(ActionRequest request, StreamObserver<byte[]> answers) {
        try {
            answers.onNext(Json.write(answer(request.action(), request.json())));
            answers.onCompleted();
        } catch (GridException e) {
            answers.onError(GridErrors.asStatusException(e, "r1", null));
        }
    }

    private Object answer(String operation, byte[] body) {
        return switch (operation) {
            case "fs.stat" -> entry(Json.read(body, PathRequest.class).path());
            case "fs.list" -> list(Json.read(body, ListRequest.class));
            case "fs.mkdir" -> {
                String path = Json.read(body, MakeDirectory.class).path();
                put(path, EntryKind.DIRECTORY, 0);
                yield entry(path);
            }
            case "fs.remove" -> {
                String path = entry(Json.read(body, Remove.class).path()).path();
                yield new Removed(entries.remove(path) != null);
            }
            case "fs.rename" -> {
                Rename rename = Json.read(body, Rename.class);
                FileStatus moved = entry(rename.from());
                entries.remove(rename.from());
                put(rename.to(), moved.kind(), moved.sizeBytes());
                yield entry(rename.to());
            }
            case "fs.concat" -> concat(Json.read(body, Concat.class));
            case "fs.usage" -> new Usage("/", 2, 1, 1_500, 3_000);
            case "grid.status" -> status();
            case "grid.check" -> {
                askedForChecks.add(Json.read(body, MetadataCheckRequest.class));
                yield checks.remove();
            }
            case "cache.load" -> {
                askedForLoads.add(Json.read(body, LoadRequest.class));
                yield loads.size() == 1 ? loads.element() : loads.remove();
            }
            case "grid.whoami" ->
                new CallerInfo("alice", "vision", List.of("read", "write"), "interactive", "r1", null);
            default -> throw new GridException(ErrorCode.UNKNOWN_OPERATION, "unknown action: " + operation);
        };
    }

    private FileStatus concat(Concat concat) {
        long sizeBytes = entry(concat.path()).sizeBytes();
        for (String source : concat.sources()) {
            sizeBytes += entry(source).sizeBytes();
            entries.remove(source);
        }
        put(concat.path(), EntryKind.FILE, sizeBytes);
        return entry(concat.path());
    }

    private GridStatus status() {
        List<NodeStatus> nodes = List.of(node("n1", "down"), node("n2", "up"), node("n3", "up"));
        BalanceStatus balance = new BalanceStatus(false, 10, 0, 0);
        return new GridStatus("lab", "g1", "0.1", "n2", true, nodes, repair, balance, null, null, null);
    }

    private static NodeStatus node(String name, String state) {
        String location = "grpc://" + name + ".lab:7070";
        return new NodeStatus(name, "local", location, state, true, 7, 0, 1, 0, null, null);
    }

    private FileStatus entry(String path) {
        FileStatus entry = entries.get(path);
        if (entry == null) {
            throw GridException.notFound(GridPath.parse(path), null);
        }
        return entry;
    }

    /** Two entries a page, so that there are pages. */
    private Listing list(ListRequest request) {
        if (entry(request.path()).kind() == EntryKind.FILE) {
            throw new GridException(ErrorCode.NOT_A_DIRECTORY, "not a directory: " + request.path());
        }
        GridPath directory = GridPath.parse(request.path());
        String after = request.pageToken() == null ? "" : request.pageToken();
        List<FileStatus> below = entries.values().stream()
                .filter(entry -> directory.equals(GridPath.parse(entry.path()).parent()))
                .filter(entry -> entry.path().compareTo(after) > 0)
                .toList();
        return below.size() <= 2
                ? new Listing(below, null)
                : new Listing(below.subList(0, 2), below.get(1).path());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
