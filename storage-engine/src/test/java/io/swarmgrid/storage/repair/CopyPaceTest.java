package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.DataSize;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CopyPaceTest {
    private long nanos = 5;

    @Test
    void makesBlocksPayForThoseBeforeThem() {
        CopyPace pace = new CopyPace(Optional.of(DataSize.ofMebibytes(1)), () -> nanos);
        assertThat(pace.reserve(2 << 20)).isZero();
        assertThat(pace.reserve(1 << 20)).isEqualTo(TimeUnit.SECONDS.toNanos(2));
        nanos += TimeUnit.SECONDS.toNanos(2);
        assertThat(pace.reserve(1 << 20)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        nanos += TimeUnit.SECONDS.toNanos(60);
        assertThat(pace.reserve(1 << 20)).isZero();
    }

    @Test
    void neverWaitsWithoutALimit() {
        CopyPace pace = new CopyPace(Optional.empty(), () -> nanos);
        assertThat(pace.reserve(1 << 30)).isZero();
        assertThat(pace.reserve(1 << 30)).isZero();
    }

    @Test
    void metersTheLastSecondsAndCountsForEver() {
        CopyMeter meter = new CopyMeter(() -> nanos);
        meter.copied(1000);
        nanos += TimeUnit.SECONDS.toNanos(2);
        meter.copied(4000);
        assertThat(meter.bytesPerSecond()).isEqualTo(1000);
        nanos += TimeUnit.SECONDS.toNanos(4);
        assertThat(meter.bytesPerSecond()).isEqualTo(800);
        nanos += TimeUnit.DAYS.toNanos(3);
        assertThat(meter.bytesPerSecond()).isZero();
        assertThat(meter.blocks()).isEqualTo(2);
        assertThat(meter.bytes()).isEqualTo(5000);
    }
}
