package io.swarmgrid.it.chaos.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final String PATH = "/logs/a";

    private final AtomicLong clock = new AtomicLong();
    private final Ledger ledger = new Ledger(clock::incrementAndGet);

    @Test
    void findsNothingWhereReadersSeeWhatWasFlushedAndPerhapsMore() {
        ledger.attempted(PATH, 0);
        ledger.sawNothing(PATH, ledger.now());
        ledger.acknowledged(PATH, 0);
        ledger.attempted(PATH, 100);
        see(0);
        ledger.acknowledged(PATH, 100);
        see(100);
        ledger.attempted(PATH, 200);
        see(150);
        see(200);

        assertThat(ledger.findings()).isEmpty();
        assertThat(ledger.tally()).isEqualTo("growing files: 1, acknowledged 2, read 5, trees removed 0");
    }

    @Test
    void findsWhatWasAcknowledgedAndIsGone() {
        ledger.attempted(PATH, 100);
        ledger.acknowledged(PATH, 100);
        see(99);
        ledger.sawNothing(PATH, ledger.now());

        assertThat(ledger.findings()).extracting(Finding::breach).containsExactly(Breach.LOST_WRITE, Breach.LOST_WRITE);
    }

    @Test
    void allowsAReadThatBeganBeforeTheAcknowledgement() {
        ledger.attempted(PATH, 100);
        long begun = ledger.now();
        ledger.acknowledged(PATH, 100);
        ledger.saw(PATH, begun, Ledger.bytes(PATH, 0, 10));

        assertThat(ledger.findings()).isEmpty();
    }

    @Test
    void findsWhatReadersSawAndIsGone() {
        ledger.attempted(PATH, 100);
        see(80);
        see(60);

        assertThat(ledger.findings()).extracting(Finding::breach).containsExactly(Breach.STALE_READ);
    }

    @Test
    void findsWhatNobodyWrote() {
        ledger.attempted(PATH, 50);
        see(51);

        assertThat(ledger.findings()).extracting(Finding::breach).containsExactly(Breach.FOREIGN_CONTENT);
    }

    @Test
    void findsWhatIsThereAfterItsTreeIsGone() {
        ledger.attempted(PATH, 100);
        ledger.acknowledged(PATH, 100);
        long begun = ledger.now();
        ledger.removing("/logs");
        see(100);
        ledger.sawNothing(PATH, ledger.now());
        ledger.removed("/logs", begun);
        ledger.sawNothing(PATH, ledger.now());
        assertThat(ledger.findings()).isEmpty();

        see(100);

        assertThat(ledger.findings()).extracting(Finding::breach).containsExactly(Breach.LOST_DELETE);
    }

    @Test
    void findsWhatATreeLostThatWasNotRemoved() {
        ledger.attempted(PATH, 100);
        ledger.acknowledged(PATH, 100);
        ledger.removing("/log");
        ledger.sawNothing(PATH, ledger.now());
        assertThat(ledger.findings()).extracting(Finding::breach).containsExactly(Breach.LOST_WRITE);

        ledger.removing("/logs");
        see(50);

        assertThat(ledger.findings())
                .as("gone, or whole")
                .extracting(Finding::breach)
                .containsExactly(Breach.LOST_WRITE, Breach.LOST_WRITE);
    }

    @Test
    void allowsWhatCameAfterTheRemovalOfATree() {
        long begun = ledger.now();
        ledger.removing("/logs");
        ledger.attempted(PATH, 100);
        ledger.acknowledged(PATH, 100);
        ledger.removed("/logs", begun);
        see(100);

        assertThat(ledger.findings()).isEmpty();
        assertThat(ledger.named()).containsExactly("/logs", PATH);
    }

    @Test
    void findsWrongBytes() {
        ledger.attempted(PATH, 100);
        byte[] bytes = Ledger.bytes(PATH, 0, 100);
        bytes[70] ^= 1;
        ledger.saw(PATH, ledger.now(), bytes);

        assertThat(ledger.findings()).extracting(Finding::breach).containsExactly(Breach.TORN_CONTENT);
    }

    @Test
    void bytesDifferByFileAndOffset() {
        assertThat(Ledger.bytes("/a", 0, 64)).isNotEqualTo(Ledger.bytes("/b", 0, 64));
        assertThat(Ledger.bytes("/a", 5, 10)).isEqualTo(java.util.Arrays.copyOfRange(Ledger.bytes("/a", 0, 64), 5, 15));
        assertThat(Ledger.bytes("/a", 0, 64)).isNotEqualTo(Ledger.bytes("/a", 64, 64));
    }

    private void see(int length) {
        ledger.saw(PATH, ledger.now(), Ledger.bytes(PATH, 0, length));
    }
}
