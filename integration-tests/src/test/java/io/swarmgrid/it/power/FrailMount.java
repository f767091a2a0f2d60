package io.swarmgrid.it.power;

import io.swarmgrid.mount.MountTable;
import io.swarmgrid.mount.UnmountMode;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.FuseDevice;
import io.swarmgrid.mount.fuse.FuseServer;
import io.swarmgrid.mount.fuse.Operations;
import io.swarmgrid.mount.fuse.Refusal;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** A frail disk at a directory of this machine. For one thread. */
final class FrailMount implements AutoCloseable {
    private static final int THREADS = 4;
    private static final Duration CACHE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path directory;
    private final FrailDisk disk;
    private Served served;

    private FrailMount(Path directory, FrailDisk disk, Served served) {
        this.directory = directory;
        this.disk = disk;
        this.served = served;
    }

    /** One time that it is mounted. A copy of it in another namespace of mounts may outlive that, and reaches the disk no more. */
    private record Served(FuseDevice device, FuseServer server, AtomicBoolean over) {
        static Served at(Path directory, FrailDisk disk) {
            FuseDevice device = FuseDevice.mount(directory, "fsname=frail,subtype=frail");
            AtomicBoolean over = new AtomicBoolean();
            FuseServer server = new FuseServer(device, unless(over, disk), THREADS, CACHE, FrailMount::unexpected);
            server.start();
            return new Served(device, server, over);
        }

        private static Operations unless(AtomicBoolean over, FrailDisk disk) {
            Object gate = Proxy.newProxyInstance(
                    FrailMount.class.getClassLoader(), new Class<?>[] {Operations.class}, (proxy, call, arguments) -> {
                        if (over.get()) {
                            throw new Refusal(Errno.EIO, "not mounted any more");
                        }
                        try {
                            return call.invoke(disk, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            return (Operations) gate;
        }
    }

    /** @param directory is made */
    static FrailMount at(Path directory, FrailDisk disk) throws IOException {
        Files.createDirectories(directory);
        return new FrailMount(directory, disk, Served.at(directory, disk));
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
        served = Served.at(directory, disk);
    }

    private void unmount() throws IOException {
        served.over().set(true);
        try {
            MountTable.unmount(directory, UnmountMode.EVEN_IF_IN_USE);
            if (served.server().awaitEnd(PATIENCE)) {
                served.device().close(); // else it is still read from, and goes with who has the copy
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        unmount();
    }
}
