package io.swarmgrid.node.cli;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code swarm doctor} can tell without a grid: this Java, this machine, this disk. */
final class LocalChecks {
    private static final int BASELINE_JAVA = 17;
    private static final long WRITE_BYTES = 64L << 20;
    private static final int SYNCS = 32;
    private static final long LOW_DISK_BYTES = 5_000_000_000L;
    private static final double SLOW_SYNC_MS = 20;

    /** How a check went. */
    enum Level {
        OK,
        WARN,
        FAIL
    }

    /** One line of the answer; {@code advice} is empty where all is well. */
    record Finding(String check, Level level, String detail, String advice) {
        static Finding ok(String check, String detail) {
            return new Finding(check, Level.OK, detail, "");
        }
    }

    private LocalChecks() {}

    static Finding java() {
        int feature = Runtime.version().feature();
        String detail = Runtime.version() + ", " + System.getProperty("os.arch");
        return feature == BASELINE_JAVA
                ? Finding.ok("java", detail)
                : new Finding("java", Level.FAIL, detail, "a node needs Java 17: openjdk-17-jre-headless");
    }

    static Finding openedPackages() {
        try {
            Field address = java.nio.Buffer.class.getDeclaredField("address");
            address.setAccessible(true);
            return Finding.ok("opened packages", "java.nio is open");
        } catch (NoSuchFieldException | InaccessibleObjectException e) {
            return new Finding(
                    "opened packages",
                    Level.FAIL,
                    "java.nio is closed",
                    "start through the swarm launcher, or with java @jvm.options");
        }
    }

    static Finding memory() {
        long heap = Runtime.getRuntime().maxMemory();
        int processors = Runtime.getRuntime().availableProcessors();
        return Finding.ok("machine", processors + " processors, heap up to " + Units.bytes(heap));
    }

    /** Whether a node could listen here, or listens already. */
    static List<Finding> ports(boolean nodeAnswers) {
        List<Finding> findings = new ArrayList<>();
        int[] ports = {7070, 7071, 7072};
        String[] doors = {"flight", "grid", "http"};
        for (int i = 0; i < ports.length; i++) {
            String check = "port " + ports[i] + " (" + doors[i] + ")";
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports[i]));
                findings.add(Finding.ok(check, "free"));
            } catch (IOException e) {
                findings.add(
                        nodeAnswers
                                ? Finding.ok(check, "in use, a node answers")
                                : new Finding(check, Level.WARN, "in use", "listen." + doors[i] + " takes another"));
            }
        }
        return findings;
    }

    static Finding space(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        long usable = store.getUsableSpace();
        String detail = Units.bytes(usable) + " of " + Units.bytes(store.getTotalSpace()) + " free on " + store.type();
        return usable >= LOW_DISK_BYTES
                ? Finding.ok("disk space", detail)
                : new Finding("disk space", Level.WARN, detail, "a node refuses writes below storage.reserve-free");
    }

    /** Writes 64 MB once and syncs it, then syncs one small write after another. */
    static List<Finding> disk(Path directory) throws IOException {
        Path probe = Files.createTempFile(directory, "swarm-doctor", ".probe");
        try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
            long start = System.nanoTime();
            for (long written = 0; written < WRITE_BYTES; written += chunk.capacity()) {
                writeFully(channel, chunk.clear());
            }
            channel.force(false);
            double rate = WRITE_BYTES / ((System.nanoTime() - start) / 1e9);
            start = System.nanoTime();
            for (int i = 0; i < SYNCS; i++) {
                writeFully(channel, chunk.clear().limit(4096));
                channel.force(false);
            }
            double syncMs = (System.nanoTime() - start) / 1e6 / SYNCS;
            String sync = String.format(Locale.ROOT, "%.2f ms a sync of 4 KiB", syncMs);
            return List.of(
                    Finding.ok("disk write", Units.bytesPerSecond(rate) + ", write and fsync"),
                    syncMs <= SLOW_SYNC_MS
                            ? Finding.ok("disk sync", sync)
                            : new Finding(
                                    "disk sync",
                                    Level.WARN,
                                    sync,
                                    "metadata.durability: process trades safety on power loss for speed"));
        } finally {
            Files.deleteIfExists(probe);
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
