package io.swarmgrid.storage.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies beside a backup, as the first version of its format has it. */
final class BackupPartTest {
    private static final String ON_DISK = """
            {
              "format_version": 1,
              "backup_id": "7d2f",
              "name": "b20260301_020000",
              "grid_id": "11aa",
              "grid_name": "lab",
              "product_version": "1.0",
              "created_ms": 1772330400000,
              "node": "n1",
              "folder": "node00-n1",
              "partitions": 2,
              "nodes": ["n1", "n2"],
              "sums": [
                {"partition": 0, "rows": 7, "hash": -42, "files": 3, "directories": 1, "size_bytes": 300},
                {"partition": 1, "rows": 0, "hash": 0, "files": 0, "directories": 0, "size_bytes": 0}
              ],
              "stored_bytes": 5000000000,
              "beside_data": true
            }
            """;

    private static final BackupHead HEAD = new BackupHead(
            1, "7d2f", "b20260301_020000", "11aa", "lab", "1.0", 1_772_330_400_000L, 2, List.of("n1", "n2"));
    private static final BackupPart PART = BackupPart.of(
            HEAD,
            "n1",
            "node00-n1",
            new BackupPart.Content(
                    List.of(new BackupPart.Sum(0, 7, -42, 3, 1, 300), new BackupPart.Sum(1, 0, 0, 0, 0, 0)),
                    5_000_000_000L,
                    true));

    @TempDir
    private Path root;

    @Test
    void readsWhatLiesOnDisks() {
        BackupPart part = Json.read(bytes(ON_DISK), BackupPart.class);
        assertThat(part).isEqualTo(PART);
        assertThat(part.head()).isEqualTo(HEAD);
    }

    @Test
    void writesTheFieldsThatLieOnDisks() {
        assertThat(Json.tree(Json.write(PART))).isEqualTo(Json.tree(bytes(ON_DISK)));
    }

    @Test
    void onlyPartsThatAreUnderstoodAreFound() throws IOException {
        put("b1", "n1", ON_DISK);
        put("b1", "n2", ON_DISK.replace("\"format_version\": 1", "\"format_version\": 2"));
        put("b2", "n1", ON_DISK.replace("\"folder\"", "\"folders\""));
        put("b3", "n1", ON_DISK.replace("\"created_ms\": 1772330400000,", ""));
        put("b4", "n1", ON_DISK.substring(0, 100));
        put("b5", "n1", ON_DISK.replaceFirst("\\{", "{\"more\": 1,"));
        assertThat(new BackupDirectory(root, "n1").parts()).containsExactly(PART);
    }

    private void put(String backup, String node, String json) throws IOException {
        Files.createDirectories(root.resolve(backup));
        Files.write(root.resolve(backup).resolve("swarm-" + node + ".json"), bytes(json));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
