package io.swarmgrid.mount;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.file.OpenFiles;
import io.swarmgrid.mount.file.SpoolSpace;
import io.swarmgrid.mount.fuse.FuseDevice;
import io.swarmgrid.mount.fuse.FuseServer;
import io.swarmgrid.mount.tree.Grid;
import io.swarmgrid.mount.tree.Tree;
import io.swarmgrid.mount.tree.Users;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mount of the grid while it lasts: until somebody unmounts it, or it is closed. */
public final class Mount implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Mount.class);
    private static final Duration END_PATIENCE = Duration.ofSeconds(5);
    /** So much is read ahead where this is root, who alone may ask for more than the kernel's own 128 KiB. */
    private static final int READ_AHEAD_KIB = 1024;

    private final Path directory;
    private final MountOptions options;
    private final FuseDevice device;
    private final OpenFiles files;
    private final FuseServer server;
    private final LastWord lastWord;
    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile boolean writtenBack;

    private Mount(
            Path directory,
            MountOptions options,
            FuseDevice device,
            OpenFiles files,
            FuseServer server,
            LastWord lastWord) {
        this.directory = directory;
        this.options = options;
        this.device = device;
        this.files = files;
        this.server = server;
        this.lastWord = lastWord;
    }

    /**
     * Looks whether the grid answers and mounts it.
     *
     * @param directory an empty directory, by its absolute path without links
     * @param client outlives the mount
     * @throws GridException as the grid answers; UNSUPPORTED, PERMISSION_DENIED where there is no FUSE here
     */
    public static Mount start(Path directory, GridClient client, MountOptions options) throws IOException {
        FuseDevice.requireAvailable();
        Grid grid = new Grid(client);
        FileStatus top = grid.stat(options.path());
        if (top.kind() == EntryKind.FILE) {
            throw new GridException(
                    ErrorCode.NOT_A_DIRECTORY, "not a directory: " + options.path(), options.path(), null, null);
        }
        Tree tree = new Tree(top);
        OpenFiles files = new OpenFiles(grid, tree, new SpoolSpace(options.spoolDirectory(), options.spoolBytes()));
        GridFiles operations = new GridFiles(grid, tree, files, Users.here());
        String address = client.locations().get(0).replaceFirst("^[^/]*://", "");
        String settings = "fsname=" + MountTable.source(address, top.path()).replace(",", "\\,") + ",subtype="
                + MountTable.SUBTYPE
                + (options.readOnly() ? ",ro" : "")
                + (options.allowOther() ? ",allow_other" : "");
        LastWord lastWord = LastWord.prepare(options.spoolDirectory());
        FuseDevice device = FuseDevice.mount(directory, settings);
        FuseServer server = new FuseServer(device, operations, options.threads(), options.cache(), Errnos::of);
        server.start();
        Mount mount = new Mount(directory, options, device, files, server, lastWord);
        mount.readAhead();
        LOG.info("mounted: directory={} path={} address={}", directory, top.path(), address);
        return mount;
    }

    private void readAhead() {
        try {
            MountTable.Mounted mounted = MountTable.at(directory).orElse(null);
            if (mounted != null) {
                Path knob = Path.of("/sys/class/bdi", mounted.device(), "read_ahead_kb");
                if (Files.isWritable(knob)) {
                    Files.writeString(knob, Integer.toString(READ_AHEAD_KIB));
                }
            }
        } catch (IOException e) {
            LOG.info("reads ahead as the kernel has it: {}", e.toString());
        }
    }

    /**
     * Waits until it is unmounted, and what was written is in the grid.
     *
     * @return the files of which something is not, after as long as the options say
     */
    public List<String> awaitEnd() throws InterruptedException {
        server.awaitEnd();
        return writeBack();
    }

    /**
     * Takes nothing more, brings what was written to the grid, and unmounts, also where somebody has files open. Bounded by the
     * options. Idempotent.
     */
    @Override
    public void close() {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        try {
            if (!writtenBack) {
                writeBack();
            }
            if (!server.awaitEnd(Duration.ZERO)) {
                MountTable.unmount(directory, UnmountMode.EVEN_IF_IN_USE);
                server.awaitEnd(END_PATIENCE);
            }
        } catch (IOException | GridException e) {
            LOG.error("is not unmounted: directory={} error={}", directory, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            files.close();
            device.close();
        }
    }

    private List<String> writeBack() throws InterruptedException {
        List<String> unwritten = files.unwritten();
        if (!unwritten.isEmpty()) {
            LOG.info("brings what was written to the grid: files={}", unwritten.size());
        }
        List<String> left = files.writeBack(options.writeBackPatience());
        if (!left.isEmpty()) {
            LOG.error(
                    "not in the grid within {} s, lost beyond what the grid has of them: {}",
                    options.writeBackPatience().toSeconds(),
                    left);
        }
        writtenBack = true;
        try {
            lastWord.say(left);
        } catch (IOException e) {
            LOG.error("cannot tell who unmounts it what is in the grid: {}", e.toString());
        }
        return left;
    }
}
