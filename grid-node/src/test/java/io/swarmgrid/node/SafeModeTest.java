package io.swarmgrid.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In safe mode whatever changes a name or a file is refused, by every action that there is and every stream. */
class SafeModeTest {
    /** What changes neither names nor files. */
    private static final Set<String> GO_ON = Set.of(
            "fs.stat",
            "fs.list",
            "fs.usage",
            "fs.quota",
            "fs.locate",
            "fs.checksum",
            "fs.check",
            "fs.trash",
            "fs.mounts",
            "dataset.info",
            "checkpoint.list",
            "checkpoint.info",
            "qos.classes",
            "cache.load",
            "cache.room",
            "grid.status",
            "grid.whoami",
            "grid.safe_mode",
            "grid.backup",
            "grid.backups",
            "grid.check_backup",
            "grid.drain",
            "grid.undrain",
            "grid.balance",
            "grid.check",
            "task.submit",
            "task.status",
            "task.list",
            "task.cancel",
            "CancelFlightInfo",
            "RenewFlightEndpoint");

    /** Of grids that have lost their metadata, which are in no safe mode. */
    private static final String RECOVER = "grid.recover";

    private static final byte[] BYTES = new byte[100];

    private static final String WHY = "the grid is in safe mode and takes no change of names or files";

    @TempDir
    private Path data;

    @TempDir
    private Path outer;

    private final BufferAllocator allocator = new RootAllocator();
    private GridNode node;
    private FlightClient flight;
    private GridClient client;

    @BeforeEach
    void start() {
        node = GridNode.start(NodeFixture.config(
                data,
                Map.of(
                        "storage.replicas", "1",
                        "storage.min-replicas", "1",
                        "storage.outer.allowed", "file://" + outer)));
        flight = FlightClient.builder(allocator, new Location(URI.create(node.location())))
                .build();
        client = GridClient.connect(List.of(node.location()), ClientOptions.DEFAULT);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        flight.close();
        node.close();
        allocator.close();
    }

    @Test
    void refusesEveryChange() throws Exception {
        act("fs.mkdir", Map.of("path", "/d"));
        for (String path : List.of("/d/one", "/d/two")) {
            put(Map.of("op", "file.put", "path", path));
        }
        JsonNode empty = act("fs.create", Map.of("path", "/d/empty"));
        JsonNode gone = act("fs.create", Map.of("path", "/d/gone"));
        act("fs.remove", Map.of("path", "/d/gone"));
        act("fs.attach", Map.of("path", "/d/mount", "uri", "file://" + outer));
        String dataset = session("dataset.begin", Map.of("path", "/table"));
        put(Map.of("op", "dataset.put", "session", dataset));
        String first = session("checkpoint.begin", Map.of("series", "/runs", "step", 1));
        put(Map.of("op", "checkpoint.put", "session", first, "shard", "rank-0"));
        act("checkpoint.commit", Map.of("session", first));
        String second = session("checkpoint.begin", Map.of("series", "/runs", "step", 2));
        put(Map.of("op", "checkpoint.put", "session", second, "shard", "rank-0"));
        backup();

        try (GrowingFile open = GrowingFile.create(client, new FilePut("/d/open", null, null, null, null))) {
            open.write(new byte[10], 0, 10);
            open.flush();
            List<JsonNode> before = listing("/");
            act("grid.safe_mode", Map.of("on", true));

            Map<String, Map<String, ?>> changes = new TreeMap<>(Map.of(
                    "fs.mkdir", Map.of("path", "/d/new"),
                    "fs.create", Map.of("path", "/d/new"),
                    "fs.fill", Map.of("path", "/d/empty", "id", empty.path("id").asLong(), "content", "eA=="),
                    "fs.rename", Map.of("from", "/d/one", "to", "/d/three"),
                    "fs.remove", Map.of("path", "/d/one"),
                    "fs.set_replication", Map.of("path", "/d/one", "replicas", 3),
                    "fs.truncate", Map.of("path", "/d/one", "size_bytes", 3),
                    "fs.concat", Map.of("path", "/d/one", "sources", List.of("/d/two")),
                    "fs.recover_lease", Map.of("path", "/d/open"),
                    "fs.set_status", Map.of("path", "/d/one", "permission", 0600)));
            Map<String, String> file = Map.of("name", "new", "content", "eA==");
            changes.put("fs.put", Map.of("path", "/d/new", "content", "eA=="));
            changes.put("fs.put_many", Map.of("path", "/d", "files", List.of(file)));
            changes.put("fs.restore_trash", Map.of("id", gone.path("id").asLong()));
            changes.put("fs.attach", Map.of("path", "/d/new", "uri", "file://" + outer));
            changes.put("fs.detach", Map.of("path", "/d/mount"));
            changes.put("fs.empty_trash", Map.of("path", "/d"));
            changes.put("fs.set_quota", Map.of("path", "/d", "bytes", 1000));
            changes.put("cache.pin", Map.of("path", "/d"));
            changes.put("cache.unpin", Map.of("path", "/d"));
            // The policy of a directory is an attribute of it.
            changes.put("fs.set_attribute", Map.of("path", "/d", "name", "swarm.replicas", "value", "3"));
            changes.put("dataset.begin", Map.of("path", "/other"));
            changes.put("dataset.commit", Map.of("session", dataset));
            changes.put("dataset.abort", Map.of("session", dataset));
            changes.put("checkpoint.begin", Map.of("series", "/runs", "step", 3));
            changes.put("checkpoint.commit", Map.of("session", second));
            changes.put("checkpoint.abort", Map.of("session", second));
            changes.put("checkpoint.remove", Map.of("series", "/runs", "step", 1));
            changes.put("grid.restore", Map.of("name", "one"));
            changes.forEach((name, request) -> assertRefused(name, () -> act(name, request)));
            for (Map<String, String> stream : List.of(
                    Map.of("op", "file.put", "path", "/d/new"),
                    Map.of("op", "dataset.put", "path", "/other"),
                    Map.of("op", "dataset.put", "session", dataset),
                    Map.of("op", "checkpoint.put", "session", second, "shard", "rank-1"))) {
                assertRefused(stream.toString(), () -> put(stream));
            }
            assertThatThrownBy(() -> GrowingFile.append(client, "/d/one").close())
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                    .hasMessageContaining(WHY);
            Set<String> known = new TreeSet<>(changes.keySet());
            known.addAll(GO_ON);
            known.add(RECOVER);
            assertThat(known)
                    .as("every action is known to this test")
                    .isEqualTo(StreamSupport.stream(flight.listActions().spliterator(), false)
                            .map(ActionType::getType)
                            .collect(Collectors.toCollection(TreeSet::new)));
            assertThat(listing("/")).isEqualTo(before);

            act("grid.safe_mode", Map.of("on", false));
            open.commit();
        }
        assertThat(act("dataset.commit", Map.of("session", dataset))
                        .path("rows")
                        .asLong())
                .isEqualTo(BYTES.length);
        act("checkpoint.commit", Map.of("session", second));
        assertThat(act("checkpoint.info", Map.of("series", "/runs"))
                        .path("step")
                        .asLong())
                .isEqualTo(2);
    }

    private JsonNode act(String name, Map<String, ?> request) {
        return NodeFixture.act(flight, name, request);
    }

    private String session(String name, Map<String, ?> request) {
        return act(name, request).path("session").asText();
    }

    private void put(Map<String, String> command) throws Exception {
        FlightDescriptor descriptor = NodeFixture.command(command);
        NodeFixture.putRaw(flight, allocator, descriptor, BYTES, BYTES.length);
    }

    private void backup() {
        JsonNode run = act("grid.backup", Map.of("name", "one"));
        while (run.path("state").asText().equals("running")) {
            run = act("grid.backup", Map.of("run", run.path("run").asText()));
        }
        assertThat(run.path("state").asText()).as("%s", run).isEqualTo("done");
    }

    private List<JsonNode> listing(String path) {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode entry : act("fs.list", Map.of("path", path)).path("entries")) {
            all.add(entry);
            if (!entry.path("kind").asText().equals("file")) {
                all.addAll(listing(entry.path("path").asText()));
            }
        }
        return all;
    }

    private static void assertRefused(String what, ThrowingCallable change) {
        assertThatThrownBy(change).as(what).isInstanceOfSatisfying(FlightRuntimeException.class, e -> assertThat(
                        e.status().description())
                .as(what)
                .startsWith(ErrorCode.PRECONDITION_FAILED + ": ")
                .contains(WHY));
    }
}
