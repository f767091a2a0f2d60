package io.swarmgrid.storage.mounted;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.OuterConfig;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.outer.MemoryProvider;
import io.swarmgrid.storage.outer.MemoryStore;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.outer.SteadyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is remembered of an outer store while it is being changed. */
final class StatusesTest {
    private static final String URI = "memory://statuses";

    private final MemoryStore outer = MemoryProvider.make("statuses");
    private final OuterConfig config = SwarmConfig.defaults()
            .with(Map.of("storage.outer.allowed", URI, "storage.outer.status-ttl", "1h"))
            .storage()
            .outer();
    private final OuterStores stores = new OuterStores(config);
    private final SteadyStore store = stores.store(URI);
    private final Statuses statuses = new Statuses(config, System::nanoTime);
    private final CountDownLatch seen = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);

    @AfterEach
    void close() {
        answer.countDown();
        stores.close();
    }

    /** The first call has seen what there is, and its answer is long on its way. */
    private void holdFirst(String call) {
        AtomicBoolean first = new AtomicBoolean(true);
        outer.after(call, () -> {
            if (first.getAndSet(false)) {
                seen.countDown();
                await(answer);
            }
        });
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Long> size() {
        return statuses.find(store, "d/a").map(OuterEntry::sizeBytes);
    }

    private List<String> names() {
        return statuses.list(store, "d", null, 100).entries().stream()
                .map(OuterEntry::name)
                .toList();
    }

    @Test
    void aLookThatBeganBeforeAChangeIsNeitherWaitedForNorKept() {
        outer.write("d/a", new byte[1]);
        holdFirst("find");
        CompletableFuture<Optional<Long>> before = CompletableFuture.supplyAsync(this::size);
        await(seen);
        outer.write("d/a", new byte[2]);
        statuses.forget(store, "d/a");
        CompletableFuture<Optional<Long>> after =
                CompletableFuture.supplyAsync(this::size).completeOnTimeout(Optional.empty(), 10, TimeUnit.SECONDS);
        assertThat(after.join()).as("asked after the change").hasValue(2L);
        answer.countDown();
        assertThat(before.join()).hasValue(1L);
        assertThat(size()).as("what came late").hasValue(2L);
    }

    @Test
    void aListThatBeganBeforeAChangeIsNeitherWaitedForNorKept() {
        outer.write("d/a", new byte[1]);
        holdFirst("list");
        CompletableFuture<List<String>> before = CompletableFuture.supplyAsync(this::names);
        await(seen);
        outer.write("d/b", new byte[2]);
        statuses.forget(store, "d/b");
        CompletableFuture<List<String>> after =
                CompletableFuture.supplyAsync(this::names).completeOnTimeout(List.of(), 10, TimeUnit.SECONDS);
        assertThat(after.join()).as("asked after the change").containsExactly("a", "b");
        answer.countDown();
        assertThat(before.join()).containsExactly("a");
        assertThat(names()).as("what came late").containsExactly("a", "b");
    }
}
