package io.swarmgrid.qos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.call.TransferScheduler.Permit;
import io.swarmgrid.config.SwarmConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedSchedulerTest {
    private static final long MIB = 1 << 20;
    private static final CallContext BULK = new CallContext(Caller.LOCAL, QosClass.BULK, "r1");

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void countsBytesByClassAndDirection() {
        BoundedScheduler scheduler = scheduler(Map.of(), Duration.ofSeconds(5));
        scheduler.acquire(BULK, Direction.IN, 10).close();
        scheduler.acquire(BULK, Direction.OUT, 30).close();
        scheduler.acquire(BULK.withQos(QosClass.REALTIME), Direction.OUT, 7).close();
        assertThat(of(scheduler, QosClass.BULK)).isEqualTo(new ClassTraffic(QosClass.BULK, 10, 30, 0, 0));
        assertThat(of(scheduler, QosClass.REALTIME)).isEqualTo(new ClassTraffic(QosClass.REALTIME, 0, 7, 0, 0));
        assertThat(scheduler.outstandingBytes()).isZero();
    }

    @Test
    void waitsUntilOutstandingBytesAreGivenBackAndServesInOrder() throws Exception {
        BoundedScheduler scheduler = scheduler(Map.of("qos.outstanding-bytes", "1MiB"), Duration.ofSeconds(30));
        Permit whole = scheduler.acquire(BULK, Direction.OUT, MIB);
        List<Integer> served = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int each = i;
            all.add(CompletableFuture.runAsync(
                    () -> {
                        Permit permit = scheduler.acquire(BULK, Direction.OUT, MIB);
                        served.add(each);
                        permit.close();
                    },
                    threads));
            await().until(() -> of(scheduler, QosClass.BULK).waiting() == each + 1);
        }
        assertThat(served).isEmpty();
        whole.close();
        whole.close();
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        assertThat(served).containsExactly(0, 1, 2);
        assertThat(scheduler.outstandingBytes()).isZero();
    }

    @Test
    void letsAChunkLargerThanTheBoundGoAlone() {
        BoundedScheduler scheduler = scheduler(Map.of("qos.outstanding-bytes", "1MiB"), Duration.ofMillis(100));
        Permit large = scheduler.acquire(BULK, Direction.OUT, 5 * MIB);
        assertRefused(scheduler, "class 'bulk' moved nothing for this transfer in qos.max-wait=100 ms");
        large.close();
        scheduler.acquire(BULK, Direction.OUT, 1).close();
    }

    @Test
    void refusesPastTheQueueBoundOfTheClass() {
        BoundedScheduler scheduler = scheduler(
                Map.of("qos.outstanding-bytes", "1MiB", "qos.classes.bulk.queue-bound", "1"), Duration.ofSeconds(30));
        Permit whole = scheduler.acquire(BULK, Direction.OUT, MIB);
        CompletableFuture<Permit> first =
                CompletableFuture.supplyAsync(() -> scheduler.acquire(BULK, Direction.OUT, 1), threads);
        await().until(() -> of(scheduler, QosClass.BULK).waiting() == 1);
        assertRefused(scheduler, "class 'bulk' has 1 transfers waiting, its bound");
        assertThat(of(scheduler, QosClass.BULK).refused()).isOne();
        whole.close();
        first.join().close();
    }

    @Test
    void refusesAnUnknownClassNamingTheKnown() {
        BoundedScheduler scheduler = scheduler(Map.of(), Duration.ofSeconds(1));
        assertThatThrownBy(() -> scheduler.acquire(BULK.withQos(new QosClass("gold")), Direction.IN, 1))
                .hasMessage("unknown QoS class 'gold' (known: realtime, interactive, bulk, background)");
    }

    @Test
    void neverExceedsTheBoundUnderManyThreads() throws Exception {
        BoundedScheduler scheduler = scheduler(Map.of("qos.outstanding-bytes", "1MiB"), Duration.ofSeconds(30));
        AtomicLong now = new AtomicLong();
        AtomicLong most = new AtomicLong();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            long size = (i + 1) * 20_000L;
            all.add(CompletableFuture.runAsync(
                    () -> {
                        for (int turn = 0; turn < 200; turn++) {
                            Permit permit = scheduler.acquire(BULK, Direction.OUT, size);
                            most.accumulateAndGet(now.addAndGet(size), Math::max);
                            now.addAndGet(-size);
                            permit.close();
                        }
                    },
                    threads));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
        assertThat(most.get()).isLessThanOrEqualTo(MIB);
        assertThat(scheduler.outstandingBytes()).isZero();
    }

    private static void assertRefused(BoundedScheduler scheduler, String message) {
        assertThatThrownBy(() -> scheduler.acquire(BULK, Direction.OUT, MIB))
                .isInstanceOfSatisfying(GridException.class, refused -> {
                    assertThat(refused.code()).isEqualTo(ErrorCode.OVERLOADED);
                    assertThat(refused.getMessage()).contains(message);
                    assertThat(refused.hint()).isEqualTo("back off for a second and retry");
                });
    }

    private static ClassTraffic of(BoundedScheduler scheduler, QosClass qos) {
        return scheduler.traffic().stream()
                .filter(each -> each.qos().equals(qos))
                .findFirst()
                .orElseThrow();
    }

    private static BoundedScheduler scheduler(Map<String, String> overrides, Duration patience) {
        Map<String, String> all = new HashMap<>(overrides);
        all.put("qos.max-wait", patience.toMillis() + "ms");
        return new BoundedScheduler(SwarmConfig.defaults().with(all).qos());
    }
}
