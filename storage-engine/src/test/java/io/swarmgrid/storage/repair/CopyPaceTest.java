package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.DataSize;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CopyPaceTest {
    private final HandTime time = new HandTime();

    @Test
    void makesBlocksPayForThoseBeforeThem() {
        CopyPace pace = new CopyPace(Optional.of(DataSize.ofMebibytes(1)), time);
        assertThat(pace.reserve(2 << 20)).isZero();
        assertThat(pace.reserve(1 << 20)).isEqualTo(TimeUnit.SECONDS.toNanos(2));
        time.pass(TimeUnit.SECONDS.toNanos(2));
        assertThat(pace.reserve(1 << 20)).isEqualTo(TimeUnit.SECONDS.toNanos(1));
        time.pass(TimeUnit.SECONDS.toNanos(60));
        assertThat(pace.reserve(1 << 20)).isZero();
    }

    @Test
    void neverWaitsWithoutALimit() {
        CopyPace pace = new CopyPace(Optional.empty(), time);
        assertThat(pace.reserve(1 << 30)).isZero();
        assertThat(pace.reserve(1 << 30)).isZero();
    }

    @Test
    void metersTheLastSecondsAndCountsForEver() {
        CopyMeter meter = new CopyMeter(time::nanos);
        meter.copied(1000);
        time.pass(TimeUnit.SECONDS.toNanos(2));
        meter.copied(4000);
        assertThat(meter.bytesPerSecond()).isEqualTo(1000);
        time.pass(TimeUnit.SECONDS.toNanos(4));
        assertThat(meter.bytesPerSecond()).isEqualTo(800);
        time.pass(TimeUnit.DAYS.toNanos(3));
        assertThat(meter.bytesPerSecond()).isZero();
        assertThat(meter.blocks()).isEqualTo(2);
        assertThat(meter.bytes()).isEqualTo(5000);
    }
}
