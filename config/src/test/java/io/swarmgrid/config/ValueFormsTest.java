package io.swarmgrid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The single values a configuration is made of: what they read, refuse and print. */
final class ValueFormsTest {
    @ParameterizedTest
    @CsvSource({
        "64MiB, 67108864", "4KiB, 4096", "3TiB, 3298534883328", "128MB, 128000000", "1.5GiB, 1610612736", "17, 17",
        "17B, 17", "0, 0", "4 kib, 4096", "1PiB, 1125899906842624", "2GB, 2000000000", "8KB, 8000"
    })
    void readsSizes(String text, long bytes) {
        assertThat(DataSize.parse(text)).isEqualTo(DataSize.ofBytes(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MiB", "-1", "64 M", "64MiBs", "1e3", "1.0001KiB", "9000PiB", "1,5GiB"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> DataSize.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({"67108864, 64MiB", "128000000, 128MB", "4096, 4KiB", "1000, 1KB", "17, 17B", "0, 0B"})
    void printsSizesInTheLargestUnitThatDividesThem(long bytes, String text) {
        assertThat(DataSize.ofBytes(bytes)).hasToString(text);
    }

    @Test
    void readsBackEverySizeItPrints() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            DataSize size = DataSize.ofBytes(random.nextLong() >>> (1 + random.nextInt(60)));
            assertThat(DataSize.parse(size.toString())).as("seed %d", seed).isEqualTo(size);
        }
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "5s, 5000", "10m, 600000", "1h30m, 5400000", "7d, 604800000", "0s, 0", "1m5ms, 60005"})
    void readsAndPrintsDurations(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.parse(Durations.format(Durations.parse(text)))).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "m", "-5s", "5 s", "1.5h", "5us", "PT5S"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a duration: \"" + text + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:7070, 127.0.0.1, 7070, true, false",
        "localhost:1, localhost, 1, true, false",
        "[::1]:7070, ::1, 7070, true, false",
        "127.9.8.7:0, 127.9.8.7, 0, true, false",
        "0.0.0.0:7070, 0.0.0.0, 7070, false, true",
        "[::]:7070, ::, 7070, false, true",
        "n1.lab:7071, n1.lab, 7071, false, false",
        "[fe80::1%eth0]:7, fe80::1%eth0, 7, false, false",
        "127.evil.example:7070, 127.evil.example, 7070, false, false",
        "[0:0:0:0:0:0:0:1]:7070, 0:0:0:0:0:0:0:1, 7070, true, false"
    })
    void readsAddresses(String text, String host, int port, boolean loopback, boolean wildcard) {
        HostPort address = HostPort.parse(text);
        assertThat(address).isEqualTo(new HostPort(host, port)).hasToString(text);
        assertThat(address.isLoopback()).isEqualTo(loopback);
        assertThat(address.isWildcard()).isEqualTo(wildcard);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "7070", "host", "host:", ":7070", "::1:7070", "host:70700", "host:-1", "http://h:1", "a b:1"
            })
    void refusesWhatIsNoAddress(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reservesAPercentageOrASizeButNeverMoreThanTheWhole() {
        assertThat(Reserve.parse("5%").bytesOf(1000)).isEqualTo(50);
        assertThat(Reserve.parse("2.5 %")).isEqualTo(Reserve.ofPercent(2.5)).hasToString("2.5%");
        assertThat(Reserve.parse("1KiB").bytesOf(5000)).isEqualTo(1024);
        assertThat(Reserve.parse("20GiB")).hasToString("20GiB");
        assertThat(Reserve.parse("20GiB").bytesOf(5000)).isEqualTo(5000);
        assertThatThrownBy(() -> Reserve.parse("101%")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Reserve.parse("some")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sharesAPercentageOfTheCapacityOrAFixedRate() {
        assertThat(Share.parse("30%").bytesPerSecondOf(2000)).isEqualTo(600);
        assertThat(Share.parse("1MiB/s").bytesPerSecondOf(2000)).isEqualTo(1 << 20);
        assertThat(Share.parse("200MiB/s")).hasToString("200MiB/s");
        assertThat(Share.parse("100%")).hasToString("100%");
        assertThatThrownBy(() -> Share.parse("200MiB"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("neither a percentage nor a rate: \"200MiB\"");
    }
}
