package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.mount.MountTable;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who unmounts is told where something of what was written is not in the grid. */
class UnmountIT {
    @TempDir
    private Path directory;

    private Path place;

    @BeforeEach
    void findFuse() throws IOException {
        MountPlaces.requireFuse();
        place = Files.createDirectory(directory.toRealPath().resolve("grid"));
    }

    @AfterEach
    void unmount() throws Exception {
        MountPlaces.leave(place == null ? List.of() : List.of(place));
    }

    @Test
    void namesTheFilesThatAreNotWhollyInTheGrid() throws Exception {
        Map<String, String> quick = Map.of("metadata.durability", "process", "storage.durability", "process");
        try (LocalGrid grid = LocalGrid.start(directory, 1, quick)) {
            Swarm swarm = new Swarm(directory).on(grid.addresses());
            String log = directory.resolve("mount.log").toString();
            swarm.run("ls", "/").succeeds(); // a node's first answers take longer than the mount is to be patient
            swarm.run("mount", place.toString(), "--log", log, "--timeout", "10", "--patience", "2")
                    .succeeds();
            Files.writeString(place.resolve("whole"), "whole");
            FileChannel cut =
                    FileChannel.open(place.resolve("cut off"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            cut.write(ByteBuffer.allocate(3_000_000));

            grid.nodes().get(0).kill();

            assertThatThrownBy(cut::close).isInstanceOf(IOException.class);
            assertThat(swarm.run("umount", place.toString()).exits(7).err())
                    .contains("unmounted " + place + ", but these files are not wholly in the grid: /cut off")
                    .doesNotContain("/whole");
            assertThat(MountTable.at(place)).isEmpty();
        }
    }
}
