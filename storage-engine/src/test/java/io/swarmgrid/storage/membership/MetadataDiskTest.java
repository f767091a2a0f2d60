package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.DataSize;
import io.swarmgrid.config.Reserve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks whose room is made up, with directories that are there. */
class MetadataDiskTest {
    private static final long MIB = 1 << 20;
    private static final long SECOND_NANOS = 1_000_000_000L;

    @TempDir
    private Path metadata;

    private final Map<Path, MetadataDisk.Seen> disks = new HashMap<>();
    private Path store;
    private Path log;
    private long allocatedBytes;
    private long nowNanos;
    private int asked;
    private MetadataDisk disk;

    /** A log of at most 20 MiB, pages of which 100 MiB may be in memory, and 80 MiB to be left: half of what blocks leave. */
    @BeforeEach
    void make() throws IOException {
        store = Files.createDirectory(metadata.resolve("storage"));
        log = Files.createDirectory(metadata.resolve("wal"));
        MetadataDisk.Place place =
                new MetadataDisk.Place(store, log, 20 * MIB, 100 * MIB, Reserve.ofSize(DataSize.ofMebibytes(160)));
        disk = new MetadataDisk(
                place,
                () -> allocatedBytes,
                directory -> {
                    asked++;
                    MetadataDisk.Seen seen = disks.get(directory);
                    if (seen == null) {
                        throw new IOException("no disk at " + directory);
                    }
                    return seen;
                },
                () -> nowNanos);
    }

    @Test
    void countsWhatIsStillToBeWritten() throws IOException {
        together(80 + 20 + 100 + 10);
        allocatedBytes = 1000 * MIB; // none of which is on the disk: not more than all of the memory
        assertThat(isLacking()).isFalse();
        together(80 + 20 + 100 - 1);
        assertThat(isLacking()).isTrue();
        assertThat(disk.lack())
                .isEqualTo(new NodeLoad.Lack(metadata.toString(), (80 + 20 + 100 - 1) * MIB, (80 + 20 + 100) * MIB));

        write(store.resolve("part-1.bin"), 950); // so that 50 are left
        write(log.resolve("1.wal"), 15);
        assertThat(isLacking()).isFalse();
        together(80 + 5 + 50 - 1);
        assertThat(isLacking()).isTrue();
    }

    @Test
    void takesMoreOnlyWhenThereIsSomewhatMoreRoom() {
        together(80 + 20);
        assertThat(isLacking()).isFalse();
        together(80 + 20 - 1);
        assertThat(isLacking()).isTrue();
        NodeLoad.Lack first = disk.lack();
        together(80 + 20 + 9);
        assertThat(isLacking()).isTrue();
        assertThat(disk.lack()).as("not told anew").isSameAs(first);
        together(80 + 20 + 10);
        assertThat(isLacking()).isFalse();
    }

    @Test
    void looksAtTheDiskOfTheLogToo() {
        apart(1000, 80 + 20 - 1);
        assertThat(isLacking()).isTrue();
        assertThat(disk.lack()).isEqualTo(new NodeLoad.Lack(log.toString(), 99 * MIB, 100 * MIB));
        apart(80 - 1, 1000);
        assertThat(isLacking()).isTrue();
        apart(80 + 10, 80 + 20 + 10);
        assertThat(isLacking()).isFalse();
    }

    @Test
    void asksNowAndThenAndStaysAsItWasWhereItCannotAsk() {
        together(1);
        assertThat(isLacking()).isTrue();
        int before = asked;
        disk.look();
        assertThat(asked).isEqualTo(before);
        disks.clear();
        assertThat(isLacking()).as("nobody knows").isTrue();
    }

    private boolean isLacking() {
        nowNanos += SECOND_NANOS;
        disk.look();
        return disk.lack() != null;
    }

    private void together(long freeMib) {
        disks.put(store, new MetadataDisk.Seen("one", freeMib * MIB, 10_000 * MIB));
        disks.put(log, new MetadataDisk.Seen("one", freeMib * MIB, 10_000 * MIB));
    }

    private void apart(long storeMib, long logMib) {
        disks.put(store, new MetadataDisk.Seen("one", storeMib * MIB, 10_000 * MIB));
        disks.put(log, new MetadataDisk.Seen("another", logMib * MIB, 10_000 * MIB));
    }

    /** A file that is so long, and takes no room. */
    private static void write(Path file, long mib) throws IOException {
        try (java.io.RandomAccessFile sparse = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(mib * MIB);
        }
    }
}
