package io.swarmgrid.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.journal.NamesJournal.Compaction;
import io.swarmgrid.storage.journal.NamesJournal.Place;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NamesJournalTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    private Path directory;

    @Test
    void readsBackWhatARandomRunHasWritten() {
        Map<Long, String> model = new TreeMap<>();
        long stamp = 0;
        NamesJournal journal = NamesJournal.open(directory);
        for (int step = 0; step < 300; step++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    journal.close();
                    journal = NamesJournal.open(directory);
                }
                case 1 -> compact(journal, model, stamp);
                case 2 -> journal.force();
                default -> {
                    List<NameRecord> some = new ArrayList<>();
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        some.add(change(model, ++stamp));
                    }
                    journal.append(some);
                }
            }
            if (step % 25 == 0) {
                assertThat(newest(journal)).as("seed %d, step %d", seed, step).isEqualTo(model);
            }
        }
        assertThat(newest(journal)).as("seed %d", seed).isEqualTo(model);
        journal.close();
    }

    @Test
    void aTornEndCostsOnlyTheRecordThatIsTorn() throws Exception {
        write(20);
        Path log = only("log");
        byte[] whole = Files.readAllBytes(log);
        for (int cut = whole.length - 1; cut > 0; cut -= 1 + random.nextInt(7)) {
            Files.write(log, java.util.Arrays.copyOf(whole, cut));
            try (NamesJournal journal = NamesJournal.open(directory)) {
                List<NameRecord> left = all(journal);
                long expected = expectedWhole(whole, cut);
                assertThat(left).as("cut at %d", cut).hasSize((int) expected);
                journal.append(List.of(record(99, 1, "after")));
                assertThat(all(journal)).hasSize((int) expected + 1);
            }
            delete(log);
        }
    }

    @Test
    void aFlippedBitCostsAtMostItsRecord() throws Exception {
        write(20);
        Path log = only("log");
        byte[] whole = Files.readAllBytes(log);
        for (int round = 0; round < 200; round++) {
            byte[] bad = whole.clone();
            int at = RecordFile.HEAD_BYTES + random.nextInt(whole.length - RecordFile.HEAD_BYTES);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(log, bad);
            try (NamesJournal journal = NamesJournal.open(directory)) {
                NamesJournal.Page page = journal.read(Place.START, Integer.MAX_VALUE);
                assertThat(page.records()).as("seed %d, at %d", seed, at).hasSize(19);
                assertThat(page.damaged()).isEqualTo(1);
            }
        }
    }

    @Test
    void aCompactionThatDoesNotEndLeavesAllAsItWas() throws Exception {
        write(10);
        try (NamesJournal journal = NamesJournal.open(directory)) {
            try (Compaction compaction = journal.compact()) {
                compaction.add(record(1, 50, "never"));
                journal.append(List.of(record(77, 1, "meanwhile")));
            }
            assertThat(newest(journal)).hasSize(11).doesNotContainValue("never");
            Compaction cutOff = journal.compact();
            for (int i = 0; i < 20_000; i++) {
                cutOff.add(record(1, 50, "never, and long enough to be on the disk"));
            }
        }
        assertThat(names()).anyMatch(name -> name.endsWith(".new"));

        try (NamesJournal journal = NamesJournal.open(directory)) {
            assertThat(newest(journal)).hasSize(11);
            assertThat(names()).noneMatch(name -> name.endsWith(".new"));
        }
    }

    @Test
    void whatAppearsDuringACompactionOutlivesIt() throws Exception {
        write(10);
        try (NamesJournal journal = NamesJournal.open(directory);
                Compaction compaction = journal.compact()) {
            compaction.add(record(1, 5, "one"));
            journal.append(List.of(record(2, 6, "two"), NameRecord.removed(1, 0)));
            compaction.commit();
            assertThat(newest(journal))
                    .containsOnlyKeys(1L, 2L)
                    .containsEntry(2L, "two")
                    .containsEntry(1L, "-");
        }
        assertThat(names()).hasSize(2);
    }

    @Test
    void filesThatACompactionLeftBehindDoNoHarm() throws Exception {
        write(10);
        Path log = only("log");
        byte[] old = Files.readAllBytes(log);
        try (NamesJournal journal = NamesJournal.open(directory);
                Compaction compaction = journal.compact()) {
            compaction.add(record(3, 1000, "newer"));
            compaction.commit();
        }
        Files.write(log, old);

        try (NamesJournal journal = NamesJournal.open(directory)) {
            assertThat(newest(journal)).hasSize(10).containsEntry(3L, "newer");
        }
    }

    @Test
    void isReadInPages() throws Exception {
        write(50);
        try (NamesJournal journal = NamesJournal.open(directory)) {
            journal.append(List.of(record(1000, 1, "x".repeat(700_000))));
            List<NameRecord> read = new ArrayList<>();
            int pages = 0;
            for (Place at = Place.START; at != null; pages++) {
                NamesJournal.Page page = journal.read(at, 100);
                read.addAll(page.records());
                at = page.next();
            }
            assertThat(read).hasSize(51);
            assertThat(pages).isGreaterThan(5);
        }
    }

    @Test
    void refusesWhatANewerVersionWrote() throws Exception {
        write(1);
        try (RandomAccessFile file = new RandomAccessFile(only("log").toFile(), "rw")) {
            file.seek(Integer.BYTES);
            file.writeInt(99);
        }
        try (NamesJournal journal = NamesJournal.open(directory)) {
            assertThatThrownBy(() -> journal.read(Place.START, 1))
                    .isInstanceOfSatisfying(GridException.class, error -> assertThat(error.code())
                            .isEqualTo(ErrorCode.CORRUPT_DATA))
                    .hasMessageContaining("a newer version wrote")
                    .hasMessageContaining("format=99");
        }
    }

    private void compact(NamesJournal journal, Map<Long, String> model, long stamp) {
        try (Compaction compaction = journal.compact()) {
            Map<Long, String> seen = new TreeMap<>();
            compaction.older(old -> seen.put(old.id(), text(old)));
            assertThat(seen.keySet()).as("seed %d", seed).isSubsetOf(model.keySet());
            if (random.nextInt(3) > 0) {
                model.forEach((id, text) ->
                        compaction.add(text.equals("-") ? NameRecord.removed(id, 0) : record(id, stamp, text)));
                compaction.commit();
            }
        }
    }

    private NameRecord change(Map<Long, String> model, long stamp) {
        long id = random.nextInt(40);
        if ("-".equals(model.get(id)) || random.nextInt(5) == 0) {
            model.put(id, "-");
            return NameRecord.removed(id, 0);
        }
        String text = "v" + stamp + "x".repeat(random.nextInt(3000));
        model.put(id, text);
        return record(id, stamp, text);
    }

    private void write(int count) {
        try (NamesJournal journal = NamesJournal.open(directory)) {
            for (int i = 0; i < count; i++) {
                journal.append(List.of(record(i, i, "value " + i)));
            }
        }
    }

    /** How many records of what {@link #write} wrote are whole in so many bytes. */
    private static long expectedWhole(byte[] whole, int cut) {
        int at = RecordFile.HEAD_BYTES;
        int count = 0;
        while (at < whole.length) {
            at += RecordFile.encode(record(count, count, "value " + count)).remaining();
            if (at > cut) {
                break;
            }
            count++;
        }
        return count;
    }

    private static NameRecord record(long id, long stamp, String text) {
        return new NameRecord(id, stamp, 0, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static List<NameRecord> all(NamesJournal journal) {
        return journal.read(Place.START, Integer.MAX_VALUE).records();
    }

    private static Map<Long, String> newest(NamesJournal journal) {
        Map<Long, NameRecord> newest = new TreeMap<>();
        for (NameRecord each : all(journal)) {
            newest.merge(each.id(), each, (one, other) -> other.outdoes(one) ? other : one);
        }
        Map<Long, String> texts = new TreeMap<>();
        newest.forEach((id, each) -> texts.put(id, text(each)));
        return texts;
    }

    private static String text(NameRecord record) {
        byte @Nullable [] value = record.value();
        return value == null ? "-" : new String(value, java.nio.charset.StandardCharsets.UTF_8);
    }

    private Path only(String kind) throws IOException {
        List<String> found =
                names().stream().filter(name -> name.endsWith("." + kind)).toList();
        assertThat(found).hasSize(1);
        return directory.resolve(found.get(0));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void delete(Path but) throws IOException {
        for (String name : names()) {
            if (!name.equals(but.getFileName().toString())) {
                Files.delete(directory.resolve(name));
            }
        }
    }
}
