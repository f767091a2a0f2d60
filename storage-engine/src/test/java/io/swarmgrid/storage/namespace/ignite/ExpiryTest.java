package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.TrashEntry;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Reopened;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files that have a time to live, an hour unless a test says otherwise. */
@ExtendWith(OneNode.class)
final class ExpiryTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final Duration TTL = Duration.ofHours(1);
    private static final Duration NEARLY = TTL.minusMinutes(2);
    private static final Duration A_LITTLE = Duration.ofMinutes(3);

    private Grid grid;
    private GridPath mortal;

    @BeforeEach
    void makeDirectory(Grid given) {
        grid = given;
        mortal = grid.path("mortal");
        grid.makeDirectory(mortal);
        ttl(mortal, "1h");
    }

    /** The rows of other tests would be looked at in these. */
    @AfterEach
    void leaveNothing() {
        grid.nodes().safeMode(false);
        grid.files().remove(grid.home(), true, Files.Removal.FOR_GOOD, null);
        grid.clock().advance(Duration.ofMinutes(11));
        while (sweep() > 0) {}
        assertThat(rows()).isEmpty();
    }

    private GridPath in(String name) {
        return GridPath.parse(mortal + "/" + name);
    }

    private FileStatus ttl(GridPath path, @Nullable String value) {
        return grid.files().setAttribute(path, PolicyAttributes.TTL, value);
    }

    private FileStatus put(String name) {
        return grid.putInline(in(name), "x");
    }

    private int sweep() {
        return grid.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {});
    }

    /** Lets so much time pass, and then the sweep. */
    private void pass(Duration time) {
        grid.clock().advance(time);
        sweep();
    }

    private boolean isThere(GridPath path) {
        return grid.files().find(path).isPresent();
    }

    private List<Long> rows() {
        List<Long> ids = new ArrayList<>();
        grid.ignite().<Long, byte[]>cache(NamespaceCaches.EXPIRIES).forEach(row -> ids.add(row.getKey()));
        return ids;
    }

    private List<TrashEntry> trash() {
        return grid.namespace().trash().list(grid.home(), null, 1000).entries();
    }

    private void touch(GridPath path, long modifiedMs) {
        grid.files().setStatus(path, new StatusChange(null, null, null, modifiedMs));
    }

    @Test
    void filesGoToTheTrashAndThenForGood() {
        grid.putInline(grid.path("before"), "1");
        FileStatus small = put("small");
        FileStatus large = grid.putBlocks(in("deep/er/large"), OPTIONS, 1000, 50);
        long before = grid.namespace().expired();
        pass(NEARLY);
        assertThat(isThere(in("small"))).isTrue();
        pass(A_LITTLE);

        assertThat(isThere(in("small"))).isFalse();
        assertThat(grid.files().list(mortal, null, 10).entries())
                .extracting(FileStatus::path)
                .containsExactly(in("deep").toString());
        assertThat(isThere(in("deep/er"))).as("directories stay").isTrue();
        assertThat(isThere(grid.path("before"))).isTrue();
        assertThat(grid.namespace().expired()).isEqualTo(before + 2);
        assertThat(trash())
                .extracting(TrashEntry::entry)
                .containsExactlyInAnyOrder(small, large)
                .first()
                .extracting(status -> status.attribute(PolicyAttributes.TTL))
                .isEqualTo("1h");
        assertThat(rows()).isEmpty();
        assertThat(grid.metadata().layout(large.id()).blocks()).hasSize(2);
        pass(Duration.ofMinutes(11));
        assertThat(trash()).isEmpty();
        Expect.error(ErrorCode.NOT_FOUND, "not found", () -> grid.metadata().layout(large.id()));
    }

    @Test
    void aFileHasWhatItsDirectorySaidWhenItWasMadeAndKeepsItsOwn() {
        grid.makeDirectory(in("a/b"));
        FileStatus file = grid.putInline(in("a/b/f"), "1");
        FileStatus asked = grid.metadata()
                .putInline(in("asked"), OPTIONS.attributes(Map.of("k", "v", PolicyAttributes.TTL, "3d")), new byte[1]);
        assertThat(file.attributes()).containsOnly(entry(PolicyAttributes.TTL, "1h"));
        assertThat(asked.attributes()).containsOnly(entry("k", "v"), entry(PolicyAttributes.TTL, "3d"));
        ttl(mortal, "2h");
        ttl(in("a/b"), null);
        assertThat(grid.putInline(in("later"), "1").attribute(PolicyAttributes.TTL))
                .isEqualTo("2h");
        assertThat(grid.putInline(in("a/b/later"), "1").attributes()).isNull();

        grid.files().rename(in("a/b/f"), grid.path("moved"), false, null);
        grid.files().rename(in("a"), grid.path("a"), false, null);
        grid.putInline(grid.path("outside"), "1");
        grid.files().rename(grid.path("outside"), in("inside"), false, null);
        pass(TTL.plusMinutes(1));
        assertThat(isThere(grid.path("moved"))).isFalse();
        assertThat(isThere(in("later"))).isTrue();
        pass(TTL);
        assertThat(isThere(in("later"))).isFalse();
        assertThat(List.of(in("asked"), grid.path("a/b/later"), in("inside"))).allMatch(this::isThere);
    }

    @Test
    void whatIsPutInPlaceOfAFileHasTheDirectorysAndStays() {
        grid.putInline(grid.path("f"), "1");
        ttl(grid.path("f"), "1h");
        put("f");
        pass(NEARLY);
        grid.metadata().putInline(grid.path("f"), OPTIONS.overwriting(), new byte[2]);
        grid.metadata().putInline(in("f"), OPTIONS.overwriting(), new byte[2]);
        pass(A_LITTLE);
        assertThat(grid.files().stat(in("f")).sizeBytes()).isEqualTo(2);
        pass(TTL);
        assertThat(isThere(in("f"))).isFalse();
        assertThat(isThere(grid.path("f"))).isTrue();
    }

    @Test
    void aFileThatIsWrittenStaysAndLivesFromItsClose() {
        OpenFile open = grid.metadata().create(in("open"), OPTIONS);
        OpenFile hidden = grid.metadata().begin(in("hidden"), OPTIONS);
        grid.namespace().renewLeases();
        pass(TTL.multipliedBy(3));
        assertThat(grid.files().stat(in("open")).state()).isEqualTo("open");
        grid.metadata().commitInline(open, bytes("written"));
        grid.metadata().abandon(hidden);
        pass(NEARLY);
        assertThat(isThere(in("open"))).isTrue();

        Reopened again = grid.metadata().reopen(in("open"), WriterId.NONE);
        pass(TTL);
        assertThat(isThere(in("open"))).isTrue();
        grid.metadata().commitInline(again.file(), bytes("and more"));
        pass(NEARLY);
        assertThat(isThere(in("open"))).isTrue();
        pass(A_LITTLE);
        assertThat(isThere(in("open"))).isFalse();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aTouchProlongsAndOneIntoThePastMakesNoNewFileOld() {
        put("touched");
        put("old");
        touch(in("old"), 1000);
        pass(NEARLY);
        touch(in("touched"), grid.clock().millis());
        assertThat(isThere(in("old"))).isTrue();
        pass(A_LITTLE);
        assertThat(isThere(in("old"))).isFalse();
        assertThat(isThere(in("touched"))).isTrue();
        touch(in("touched"), Long.MAX_VALUE);
        pass(TTL.multipliedBy(5));
        assertThat(isThere(in("touched"))).isTrue();
    }

    @Test
    void anotherTimeCountsFromThenOnAndNoneKeepsTheFile() {
        put("longer");
        put("shorter");
        put("kept");
        grid.putInline(grid.path("other"), "1");
        ttl(in("longer"), "3h");
        ttl(in("shorter"), "10m");
        ttl(in("kept"), null);
        ttl(grid.path("other"), "20m");
        pass(Duration.ofMinutes(11));
        assertThat(isThere(in("shorter"))).isFalse();
        assertThat(isThere(grid.path("other"))).isTrue();
        pass(TTL);
        assertThat(isThere(grid.path("other"))).isFalse();
        assertThat(isThere(in("longer"))).isTrue();
        pass(TTL.multipliedBy(2));
        assertThat(isThere(in("longer"))).isFalse();
        assertThat(isThere(in("kept"))).isTrue();
    }

    @Test
    void whatIsRestoredHasItsTimeAnew() {
        FileStatus file = put("f");
        pass(TTL);
        assertThat(isThere(in("f"))).isFalse();
        pass(Duration.ofMinutes(5));
        assertThat(grid.namespace().trash().restore(file.id(), null, "ada", null))
                .isEqualTo(file);
        pass(NEARLY);
        assertThat(isThere(in("f"))).isTrue();
        pass(A_LITTLE);
        assertThat(isThere(in("f"))).isFalse();
    }

    @Test
    void whatIsRestoredWithItsDirectoryHasItsTimeAnewAndDoesNotExpireInTheTrash() {
        grid.putInline(grid.path("kept/mortal/a/f"), "1");
        ttl(grid.path("kept/mortal/a/f"), "1h");
        long directory = grid.files().stat(grid.path("kept")).id();
        pass(TTL.minusMinutes(5));
        grid.files().remove(grid.path("kept"), true, null);
        pass(Duration.ofMinutes(6));
        assertThat(trash()).extracting(each -> each.entry().id()).containsExactly(directory);
        grid.namespace().trash().restore(directory, grid.path("back"), "ada", null);
        pass(NEARLY);
        assertThat(isThere(grid.path("back/mortal/a/f"))).isTrue();
        pass(A_LITTLE);
        assertThat(isThere(grid.path("back/mortal/a/f"))).isFalse();
    }

    @Test
    void whatIsRestoredWithItsDirectoryBeforeItIsDueHasItsTimeAnew() {
        put("d/f");
        long directory = grid.files().stat(in("d")).id();
        pass(NEARLY);
        grid.files().remove(in("d"), true, null);
        grid.namespace().trash().restore(directory, null, "ada", null);
        pass(NEARLY);
        assertThat(isThere(in("d/f"))).isTrue();
        pass(A_LITTLE);
        assertThat(isThere(in("d/f"))).isFalse();
    }

    @Test
    void whatWasRemovedByHandIsNotTouched() {
        FileStatus file = put("f");
        pass(TTL.minusMinutes(5));
        grid.files().remove(in("f"), false, null);
        long removedMs = grid.clock().millis();
        pass(Duration.ofMinutes(6));
        assertThat(trash()).extracting(TrashEntry::removedMs).containsExactly(removedMs);
        grid.namespace().trash().restore(file.id(), null, "ada", null);
        pass(NEARLY);
        assertThat(isThere(in("f"))).isTrue();
        pass(A_LITTLE);
        assertThat(isThere(in("f"))).isFalse();
    }

    @Test
    void datasetsAndWhatIsStagedAreNotTakenApart() {
        GridPath staged = Files.STAGING.child("expiry");
        grid.makeDirectory(staged);
        grid.putInline(staged.child("part"), "1");
        ttl(staged.child("part"), "1h");
        pass(TTL.multipliedBy(2));
        GridPath set = in("set");
        grid.files().publish(new Publication(staged, set, PutMode.CREATE, EntryKind.DATASET, Map.of(), 0, null));
        pass(TTL.multipliedBy(2));
        assertThat(isThere(in("set/part"))).isTrue();
        assertThat(grid.files().stat(set).attributes())
                .as("it was made elsewhere")
                .isNull();
        for (GridPath path : List.of(set, in("set/part"))) {
            Expect.error(
                    ErrorCode.PRECONDITION_FAILED,
                    "files of a dataset do not expire one by one: " + path,
                    () -> ttl(path, "1d"));
        }
        assertThat(ttl(in("set/part"), null).attributes()).isNull();
    }

    @Test
    void refusesWhatIsNoTimeAndWhatHasPassed() {
        put("f");
        for (String bad :
                List.of("-1d", "0s", "999ms", "never", "", "7", "1970-01-01", "36501d", "9".repeat(12) + "d")) {
            Expect.error(
                    ErrorCode.INVALID_ARGUMENT,
                    "bad ttl: '" + bad + "', expected 1s to 36500d, such as 12h or 7d",
                    () -> ttl(in("f"), bad));
            Expect.error(ErrorCode.INVALID_ARGUMENT, "bad ttl: '" + bad + "'", () -> ttl(mortal, bad));
            Expect.error(ErrorCode.INVALID_ARGUMENT, "bad ttl: '" + bad + "'", () -> grid.metadata()
                    .begin(in("new"), OPTIONS.attributes(Map.of(PolicyAttributes.TTL, bad))));
        }
        Expect.hint(
                "it is how long a file stays that nobody modifies; swarm policy PATH --ttl none keeps it for ever",
                () -> ttl(mortal, "-1d"));
        String huge = "999999999999d".repeat(200);
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad ttl", () -> ttl(mortal, huge));
        pass(Duration.ofMinutes(10));
        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "ttl 10m has passed already: " + in("f") + " was modified last at 20",
                () -> ttl(in("f"), "10m"));
        assertThat(ttl(in("f"), "11m").attribute(PolicyAttributes.TTL)).isEqualTo("11m");
        assertThat(grid.files().stat(mortal).attribute(PolicyAttributes.TTL)).isEqualTo("1h");
    }

    @Test
    void quotasCountWhatExpiredUntilItIsTakenBack() {
        grid.namespace().quotas().set(mortal, 100L, 10L);
        QuotaAudit.settle(grid.namespace(), mortal);
        put("f");
        pass(TTL);
        assertThat(grid.namespace().quotas().of(mortal)).last().satisfies(quota -> assertThat(quota.usedBytes())
                .isEqualTo(1));
        pass(Duration.ofMinutes(11));
        assertThat(grid.namespace().quotas().of(mortal)).last().satisfies(quota -> {
            assertThat(quota.usedBytes()).isZero();
            assertThat(quota.usedEntries()).isZero();
        });
        QuotaAudit.requireExact(grid.ignite());
    }

    @Test
    void nothingExpiresInSafeModeOrBeforeItIsTimeToLook() {
        put("f");
        grid.nodes().safeMode(true);
        pass(TTL.multipliedBy(2));
        grid.nodes().safeMode(false);
        assertThat(isThere(in("f"))).isTrue();
        sweep();
        assertThat(isThere(in("f"))).isFalse();
        put("g");
        pass(TTL.minusSeconds(1));
        pass(Duration.ofSeconds(2));
        assertThat(isThere(in("g"))).as("looked at 2 s ago").isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(isThere(in("g"))).isFalse();
    }

    @Test
    void filesWithoutOneHaveNoRows() {
        grid.putInline(grid.path("a/f"), "1");
        grid.putBlocks(grid.path("a/g"), OPTIONS, 10);
        assertThat(rows()).isEmpty();
        FileStatus file = put("f");
        assertThat(rows()).containsExactly(file.id());
        ttl(in("f"), null);
        assertThat(rows()).isEmpty();
    }
}
