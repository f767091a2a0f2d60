package io.swarmgrid.node.bench.worker;

import io.swarmgrid.node.cli.Parallel;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** One kind of work on many small files, from several threads at once, each in a directory of its own. */
final class SmallFiles {
    /** How often each thread lists its directory. */
    private static final int LISTINGS = 20;

    private final Store store;
    private final Order order;

    SmallFiles(Store store, Order order) {
        this.store = store;
        this.order = order;
    }

    Map<String, Double> run() throws Exception {
        List<Integer> threads = IntStream.range(0, order.threads()).boxed().toList();
        if (order.kind() == Order.Kind.CREATE || order.kind() == Order.Kind.CREATE_TOGETHER) {
            for (int thread : threads) {
                store.makeDirectories(directory(thread));
            }
        }
        AtomicLong done = new AtomicLong();
        long start = System.nanoTime();
        Parallel.each("files", order.threads(), threads, thread -> done.addAndGet(share(thread)));
        return Worker.rate(done.get(), start);
    }

    private long share(int thread) throws IOException {
        String directory = directory(thread);
        if (order.kind() == Order.Kind.LIST) {
            long entries = 0;
            for (int i = 0; i < LISTINGS; i++) {
                entries += store.list(directory);
            }
            return entries;
        }
        byte[] content = new byte[(int) order.bytes()];
        new SplittableRandom(thread).nextBytes(content);
        long done = 0;
        for (int file = thread; file < order.count(); file += order.threads()) {
            work(directory + "/file-" + file, directory + "/renamed-" + file, content);
            done++;
        }
        return done;
    }

    private void work(String name, String renamed, byte[] content) throws IOException {
        switch (order.kind()) {
            case CREATE, CREATE_TOGETHER -> store.writeSmall(name, content);
            case OPEN_READ -> read(name, content);
            case STAT -> requireSize(name, store.sizeBytes(name));
            case RENAME -> store.rename(name, renamed);
            case REMOVE -> store.remove(renamed);
            case WRITE, READ, READ_AGAIN, WRITE_FILES, READ_FILES, RANGES, TABLE, SCAN, RANDOM, LIST, CLEAR ->
                throw new IllegalArgumentException("no small files: " + order);
        }
    }

    private void read(String name, byte[] target) throws IOException {
        long read = 0;
        try (Store.Reader reader = store.open(name)) {
            for (int count = reader.read(target); count > 0; count = reader.read(target)) {
                read += count;
            }
        }
        requireSize(name, read);
    }

    private void requireSize(String name, long size) throws EOFException {
        if (size != order.bytes()) {
            throw new EOFException(name + " has " + size + " bytes, not " + order.bytes());
        }
    }

    private String directory(int thread) {
        return order.path() + "/" + (order.kind() == Order.Kind.CREATE_TOGETHER ? 0 : thread);
    }
}
