package io.swarmgrid.it.power;

import io.swarmgrid.mount.MountTable;
import io.swarmgrid.mount.UnmountMode;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.FuseDevice;
import io.swarmgrid.mount.fuse.FuseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A frail disk at a directory of this machine. For one thread. */
final class FrailMount implements AutoCloseable {
    private static final int THREADS = 4;
    private static final Duration CACHE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path directory;
    private final FrailDisk disk;
    private FuseDevice device;
    private FuseServer server;

    private FrailMount(Path directory, FrailDisk disk, FuseDevice device, FuseServer server) {
        this.directory = directory;
        this.disk = disk;
        this.device = device;
        this.server = server;
    }

    /** @param directory is made */
    static FrailMount at(Path directory, FrailDisk disk) throws IOException {
        Files.createDirectories(directory);
        FuseDevice device = device(directory);
        FuseServer server = server(device, disk);
        return new FrailMount(directory, disk, device, server);
    }

    private static FuseDevice device(Path directory) {
        return FuseDevice.mount(directory, "fsname=frail,subtype=frail");
    }

    private static FuseServer server(FuseDevice device, FrailDisk disk) {
        FuseServer server = new FuseServer(device, disk, THREADS, CACHE, FrailMount::unexpected);
        server.start();
        return server;
    }

    private static Errno unexpected(Throwable thrown) {
        thrown.printStackTrace();
        return Errno.EIO;
    }

    FrailDisk disk() {
        return disk;
    }

    /** After a cut, and when nobody uses it any more: what is left of it is there, and in no cache of the kernel is anything else. */
    void powerOn(BooleanSupplier written) throws IOException {
        unmount();
        disk.powerOn(written);
        device = device(directory);
        server = server(device, disk);
    }

    private void unmount() throws IOException {
        boolean ended = false;
        try {
            MountTable.unmount(directory, UnmountMode.EVEN_IF_IN_USE);
            ended = server.awaitEnd(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            device.close();
        }
        if (!ended) {
            throw new IOException("somebody uses what was unmounted: " + directory);
        }
    }

    @Override
    public void close() throws IOException {
        unmount();
    }
}
