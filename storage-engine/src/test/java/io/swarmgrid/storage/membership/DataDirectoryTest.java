package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.SwarmConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    private Path root;

    @Test
    void isMadeAndRemembersItsGrid() {
        UUID grid = UUID.randomUUID();
        try (DataDirectory directory = DataDirectory.open(config("lab", "n1"))) {
            assertThat(directory.gridId()).isEmpty();
            directory.belongTo(grid);
            directory.belongTo(grid);
        }
        try (DataDirectory directory = DataDirectory.open(recovering())) {
            assertThat(directory.gridId()).contains(grid);
            assertThatThrownBy(() -> directory.belongTo(UUID.randomUUID()))
                    .isInstanceOf(GridException.class)
                    .hasMessageContaining("belongs to grid id " + grid);
        }
    }

    @Test
    void refusesToStartWithoutItsMetadataUnlessThatIsKnown() throws Exception {
        UUID grid = UUID.randomUUID();
        try (DataDirectory directory = DataDirectory.open(config("lab", "n1"))) {
            directory.belongTo(grid);
        }
        assertRefused(config("lab", "n1"), "has lost its metadata: it belongs to grid id " + grid);
        Files.createDirectories(data().resolve("metadata").resolve("storage"));
        assertRefused(config("lab", "n1"), "has lost its metadata");

        DataDirectory.open(recovering()).close();
        Files.createDirectories(data().resolve("metadata").resolve("storage").resolve("n1"));
        DataDirectory.open(config("lab", "n1")).close();
    }

    @Test
    void learnsFromItsTiersWhichGridItWasInWhereThatIsAllThatIsLeft() throws Exception {
        UUID grid = UUID.randomUUID();
        Path tier = Files.createDirectories(data().resolve("blocks"));
        Files.writeString(tier.resolve("tier.json"), "{\"grid_id\":\"" + grid + "\",\"node\":\"n1\"}");
        try (DataDirectory directory = DataDirectory.open(config("lab", "n1"))) {
            assertThat(directory.gridId()).isEmpty();
        }
        try (DataDirectory directory = DataDirectory.open(recovering())) {
            assertThat(directory.gridId()).contains(grid);
        }
    }

    @Test
    void refusesASecondUserAndNamesIt() {
        try (DataDirectory directory = DataDirectory.open(config("lab", "n1"))) {
            assertThat(directory.root()).isEqualTo(data());
            assertRefused(
                    config("lab", "n1"),
                    "in use by another node (pid " + ProcessHandle.current().pid() + ")");
        }
        DataDirectory.open(config("lab", "n1")).close();
    }

    @Test
    void refusesAnotherGridAndAnotherNode() {
        DataDirectory.open(config("lab", "n1")).close();
        assertRefused(config("prod", "n1"), "belongs to grid 'lab', not 'prod'");
        assertRefused(config("lab", "n2"), "belongs to node 'n1', not 'n2'");
    }

    @Test
    void refusesWhatANewerVersionWrote() throws Exception {
        DataDirectory.open(config("lab", "n1")).close();
        Path identity = data().resolve("node.json");
        String text = Files.readString(identity).replace("\"format_version\":1", "\"format_version\":2");
        Files.writeString(identity, text.replace("}", ",\"unheard_of\":true}"));
        assertRefused(config("lab", "n1"), "newer version: format 2, this one knows 1");
    }

    @Test
    void refusesADamagedIdentity() throws Exception {
        DataDirectory.open(config("lab", "n1")).close();
        Files.writeString(data().resolve("node.json"), "{\"format_ver");
        assertRefused(config("lab", "n1"), "damaged node.json");
    }

    @Test
    void saysWhereItCannotBeMade() throws Exception {
        Files.writeString(root.resolve("file"), "in the way");
        SwarmConfig config = SwarmConfig.defaults()
                .with(Map.of("node.data", root.resolve("file").resolve("data").toString()));
        assertRefused(config, "cannot be written");
    }

    private void assertRefused(SwarmConfig config, String message) {
        assertThatThrownBy(() -> DataDirectory.open(config).close())
                .isInstanceOfSatisfying(GridException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                    assertThat(e.hint()).isNotBlank();
                })
                .hasMessageContaining(message);
    }

    private Path data() {
        return root.resolve("data");
    }

    private SwarmConfig recovering() {
        return config("lab", "n1").with(Map.of("node.recover", "true"));
    }

    private SwarmConfig config(String grid, String node) {
        return SwarmConfig.defaults()
                .with(Map.of("grid.name", grid, "node.name", node, "node.data", data().toString()));
    }
}
