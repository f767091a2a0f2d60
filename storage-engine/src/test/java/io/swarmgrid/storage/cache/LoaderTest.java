package io.swarmgrid.storage.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.ChunkBuffers;
import io.swarmgrid.storage.block.LocalBlockStore;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Loader.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Near copies that somebody asks for, in a tier that takes five of them beside one that takes two. */
class LoaderTest {
    private static final int MIB = 1 << 20;
    private static final int LENGTH = MIB - 4096;
    private static final int MOST = 5;

    @TempDir
    private Path directory;

    @AutoClose
    private final ChunkBuffers buffers = new ChunkBuffers(16 * MIB);

    private final Set<SealedBlock> stays = ConcurrentHashMap.newKeySet();
    private LocalBlockStore store;
    private NearCopies near;

    @BeforeEach
    void open() {
        store = Copies.store(
                buffers,
                Copies.tier(Medium.MEM, directory.resolve("mem"), 8 * MIB),
                Copies.tier(Medium.SSD, directory.resolve("ssd"), 20 * MIB));
        near = NearCopies.open(store.nearTiers(), Copies.config("25%", 1000), buffers, Copies.CHUNK);
    }

    @AfterEach
    void close() {
        near.close();
        store.close();
        assertThat(buffers.outstandingBytes()).isZero();
    }

    private static SealedBlock block(long id) {
        return Copies.block(id, LENGTH);
    }

    private Outcome load(long id, Medium medium) {
        SealedBlock block = block(id);
        Outcome outcome = near.loader().load(block, medium, stays::contains, () -> Copies.origin(block));
        if (outcome == Outcome.NEAR) {
            stays.add(block);
        }
        return outcome;
    }

    private void assertReads(long id) {
        try (BlockReader reader = Objects.requireNonNull(near.open(block(id)), () -> "block " + id)) {
            ByteBuf bytes = reader.read(0, LENGTH);
            byte[] all = new byte[LENGTH];
            bytes.readBytes(all).release();
            Copies.assertIs(all, block(id));
        }
    }

    @Test
    void whatIsReadMostGoesForItAndWhatStaysDoesNot() throws IOException {
        for (int round = 0; round < 20; round++) {
            LongStream.rangeClosed(1, MOST).mapToObj(LoaderTest::block).forEach(hot -> {
                if (near.has(hot)) {
                    near.hit(hot);
                } else {
                    near.missed(hot, true, () -> Copies.origin(hot));
                    await().until(() -> near.has(hot));
                }
            });
        }
        for (long id = 11; id < 11 + MOST; id++) {
            assertThat(load(id, Medium.SSD)).as("block %s", id).isEqualTo(Outcome.NEAR);
        }
        for (long id = 11; id < 11 + MOST; id++) {
            assertReads(id);
        }
        assertThat(load(21, Medium.SSD)).as("more than there can be").isEqualTo(Outcome.FULL);
        assertThat(near.has(block(21))).isFalse();
        assertThat(load(11, Medium.SSD)).as("again").isEqualTo(Outcome.NEAR);
        assertThat(Copies.nearBytes(directory.resolve("ssd"))).isEqualTo(MOST * NearFile.fileBytes(LENGTH));

        stays.clear(); // and then they are no more than others
        assertThat(load(21, Medium.SSD)).isEqualTo(Outcome.NEAR);
        assertThat(near.entries()).isBetween(1, MOST + 2);
    }

    @Test
    void aFasterTierIsAsGoodAndASlowerOneIsNot() {
        assertThat(near.loader().media()).containsExactly(Medium.MEM, Medium.SSD);
        assertThat(load(1, Medium.SSD)).isEqualTo(Outcome.NEAR);
        assertThat(near.loader().isNear(block(1), Medium.MEM)).isFalse();
        assertThat(load(1, Medium.MEM)).isEqualTo(Outcome.NEAR);
        assertThat(near.loader().isNear(block(1), Medium.MEM)).isTrue();
        assertThat(load(2, Medium.MEM)).isEqualTo(Outcome.NEAR);
        assertThat(load(3, Medium.MEM)).as("both stay").isEqualTo(Outcome.FULL);
        assertThat(load(2, Medium.SSD)).isEqualTo(Outcome.NEAR);
        assertThat(near.entries()).as("one of them twice").isEqualTo(3);
        assertThat(load(3, Medium.HDD)).as("there is none").isEqualTo(Outcome.FULL);
        assertThat(near.loader().roomBytes(Medium.HDD)).isZero();
        assertThat(near.loader().roomBytes(Medium.SSD)).isEqualTo(5 * MIB);
    }

    @Test
    void smallOnesCountSoThatThereAreNoMoreThanMayBe() {
        near.close();
        near = NearCopies.open(store.nearTiers(), Copies.config("25%", 4), buffers, Copies.CHUNK);
        assertThat(near.loader().countsBytes(Medium.SSD, 1)).isEqualTo(5L * MIB / 4);
        int made = 0;
        for (long id = 1; id <= 10; id++) {
            SealedBlock small = Copies.block(id, 100);
            stays.add(small);
            Outcome outcome = near.loader().load(small, Medium.SSD, stays::contains, () -> Copies.origin(small));
            made += outcome == Outcome.NEAR ? 1 : 0;
        }
        assertThat(made).isEqualTo(4);
        assertThat(near.entries()).isEqualTo(4);
    }

    @Test
    void tellsWhyItDidNotComeAndGivesTheRoomBack() throws IOException {
        Origin broken = new Origin() {
            @Override
            public void read(ByteBuf target, long from, int length) {
                throw new GridException(ErrorCode.UNAVAILABLE, "nobody has it");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> near.loader().load(block(1), Medium.SSD, stays::contains, () -> broken))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessage("nobody has it");
        assertThat(near.heldBytes()).isZero();
        assertThat(Copies.files(directory.resolve("ssd/near"))).isEmpty();
        assertThat(load(1, Medium.SSD)).isEqualTo(Outcome.NEAR);
    }

    /** Readers have what has come of it, and two that ask for it cause one transfer. */
    @Test
    void comesOnceForAll() throws Exception {
        SealedBlock block = block(1);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        Origin all = Copies.origin(block);
        Origin slow = new Origin() {
            @Override
            public void read(ByteBuf target, long from, int length) {
                reads.incrementAndGet();
                if (from == 2L * Copies.CHUNK) {
                    begun.countDown();
                    pass(go);
                }
                all.read(target, from, length);
            }

            @Override
            public void close() {}
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Outcome> first =
                    threads.submit(() -> near.loader().load(block, Medium.SSD, stays::contains, () -> slow));
            pass(begun);
            Objects.requireNonNull(near.fetched(block, Copies.CHUNK, Copies.CHUNK, true))
                    .release();
            Future<Outcome> second =
                    threads.submit(() -> near.loader().load(block, Medium.SSD, stays::contains, () -> slow));
            go.countDown();
            assertThat(first.get()).isEqualTo(Outcome.NEAR);
            assertThat(second.get()).isEqualTo(Outcome.NEAR);
            assertThat(reads.get()).isEqualTo((LENGTH + Copies.CHUNK - 1) / Copies.CHUNK);
            assertReads(1);
        } finally {
            go.countDown();
            threads.shutdownNow();
        }
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
