package io.swarmgrid.it.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.fuse.FuseDevice;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What was acknowledged with durability {@code power}, and what was synced, is there after a power cut: of blocks, of their
 * directories, of the metadata.
 */
class PowerCutIT {
    private final long seed = Long.getLong("swarm.test.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @TempDir
    private Path directory;

    /** What a node relies on being forced. */
    enum Relied {
        CONTENT_OF_BLOCKS("/blocks/[0-9a-f]{2}/[^.]+\\.\\d+"),
        SIDECARS("/blocks/[0-9a-f]{2}/[^.]+\\.\\d+\\..+"),
        DIRECTORIES_OF_BLOCKS("/blocks/[0-9a-f]{2}"),
        LOG_OF_THE_METADATA("/metadata/.*wal.*");

        private final Pattern paths;

        Relied(String paths) {
            this.paths = Pattern.compile(paths);
        }
    }

    @BeforeEach
    void findFuse() {
        System.out.println("seed " + seed);
        try {
            FuseDevice.requireAvailable();
        } catch (GridException e) {
            assumeTrue(
                    false, "NOT TESTED, no disk can be made that forgets: " + e.getMessage() + " (" + e.hint() + ")");
        }
    }

    @Test
    void whatWasAcknowledgedIsThereWhenThePowerComesBack() throws Exception {
        try (FrailGrid grid = FrailGrid.start(directory, 2, random)) {
            grid.changeNames();
            grid.cutAndVerify(PowerCutIT::nothingByItself);

            grid.putLarge();
            grid.cutAndVerify(PowerCutIT::nothingByItself);

            grid.syncOpenFile();
            grid.cutAndVerify(PowerCutIT::nothingByItself);

            grid.changeNames();
            grid.closeOpenFile();
            grid.cutAndVerify(random::nextBoolean);
        }
    }

    /** Each of these forces is needed: where the disk only says that it has done it, the loss is found. */
    @ParameterizedTest
    @EnumSource(Relied.class)
    @EnabledIfSystemProperty(
            named = "swarm.test.long",
            matches = "true",
            disabledReason = "starts many nodes: ./swarm test --long")
    void aDiskThatLiesIsFoundOut(Relied about) throws Exception {
        try (FrailGrid grid = FrailGrid.start(directory, 1, random)) {
            grid.putLarge();
            grid.cutAndVerify(PowerCutIT::nothingByItself); // which is found in order

            grid.lieAbout(about.paths.asMatchPredicate());
            if (about == Relied.LOG_OF_THE_METADATA) {
                grid.changeNames();
            } else {
                grid.putLarge();
            }
            assertThatThrownBy(() -> grid.cutAndVerify(PowerCutIT::nothingByItself))
                    .as("seed %s", seed)
                    .isInstanceOfAny(AssertionError.class, GridException.class, ConditionTimeoutException.class);
        }
    }

    @Test
    void theDiskForgetsWhatWasNotForced() throws Exception {
        Path top = directory.resolve("disk");
        FrailDisk disk = new FrailDisk("journalled");
        try (FrailMount mount = FrailMount.at(top, disk)) {
            write(top.resolve("forced"), "forced", true);
            write(top.resolve("unforced"), "unforced", false);
            Files.createDirectories(top.resolve("journalled/below"));
            write(top.resolve("journalled/below/first"), "unforced, of the same length", false);
            write(top.resolve("journalled/below/second"), "forced", true);
            write(top.resolve("nameless"), "forced", true);
            Files.move(top.resolve("nameless"), top.resolve("moved"), StandardCopyOption.ATOMIC_MOVE);
            force(top);
            write(top.resolve("forced"), "not any more", false);
            Files.move(top.resolve("moved"), top.resolve("moved on"), StandardCopyOption.ATOMIC_MOVE);
            write(top.resolve("late"), "forced, and its directory is not", true);
            assertThat(top.resolve("forced")).hasContent("not any more");

            disk.cut();
            assertThatThrownBy(() -> write(top.resolve("dark"), "", false)).hasMessageContaining("Input/output error");
            mount.powerOn(random::nextBoolean);

            assertThat(top.toFile().list()).containsExactlyInAnyOrder("forced", "unforced", "journalled", "moved");
            assertThat(Files.readString(top.resolve("forced")))
                    .hasSize("forced".length())
                    .isIn("forced", "not an");
            assertThat(top.resolve("unforced")).isEmptyFile();
            assertThat(top.resolve("moved")).hasContent("forced");
            assertThat(top.resolve("journalled/below/first")).isEmptyFile();
            assertThat(top.resolve("journalled/below/second")).hasContent("forced");
        }
    }

    private static boolean nothingByItself() {
        return false;
    }

    private static void write(Path file, String content, boolean force) throws Exception {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
            if (force) {
                channel.force(false);
            }
        }
    }

    private static void force(Path directory) throws Exception {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
