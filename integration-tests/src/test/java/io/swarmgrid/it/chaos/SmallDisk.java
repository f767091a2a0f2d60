package io.swarmgrid.it.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A file system of its own in memory, so that it can be filled without harm to anybody else. Goes with its owner. */
public final class SmallDisk implements AutoCloseable {
    /** What is said where there is none. */
    static final String LACKING = "NOT RUN: a disk that is full, which needs root and tmpfs";

    private static final String BALLAST = "ballast";
    private static final int STEP_BYTES = 1 << 20;
    private static final long PATIENCE_SECONDS = 20;

    private final Path directory;
    private final Thread hook;

    private SmallDisk(Path directory) {
        this.directory = directory;
        this.hook = new Thread(() -> tryRun("umount", "-l", directory.toString()), "disk-end");
    }

    /** Mounts it; empty where this machine or this user cannot. */
    public static Optional<SmallDisk> mount(Path directory, int sizeMib) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try {
            run("mount", "-t", "tmpfs", "-o", "size=" + sizeMib + "m", "tmpfs", directory.toString());
        } catch (IOException e) {
            System.out.println(LACKING + ": " + e.getMessage());
            return Optional.empty();
        }
        SmallDisk disk = new SmallDisk(directory);
        Runtime.getRuntime().addShutdownHook(disk.hook);
        return Optional.of(disk);
    }

    /** Takes all the room there is, up to so many bytes. */
    public void fill(long leftBytes) throws IOException {
        FileStore store = Files.getFileStore(directory);
        byte[] step = new byte[STEP_BYTES];
        try (OutputStream out = Files.newOutputStream(directory.resolve(BALLAST))) {
            while (store.getUsableSpace() - leftBytes >= STEP_BYTES) {
                out.write(step);
            }
        }
    }

    /** Gives back what was taken. */
    public void relieve() throws IOException {
        Files.deleteIfExists(directory.resolve(BALLAST));
    }

    @Override
    public void close() {
        tryRun("umount", "-l", directory.toString());
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out already.
        }
    }

    private static void tryRun(String... words) {
        try {
            run(words);
        } catch (IOException e) {
            System.out.println(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(String... words) throws IOException, InterruptedException {
        List<String> command = Stream.of(words).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(Arrays.toString(words) + " does not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", words) + ": " + said.strip());
        }
    }
}
