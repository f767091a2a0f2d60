package io.swarmgrid.node.socket;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.bytes.LocalPlace;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.client.local.LocalSocket;
import io.swarmgrid.node.auth.Entrance;
import io.swarmgrid.storage.door.Actions;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes calls of processes of this machine, with the rights that their tokens give them, as by the network. Who finds it closed, full
 * or on another machine calls by the network. Thread-safe.
 */
public final class LocalDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalDoor.class);
    private static final String DIRECTORY = "local";
    private static final String SOCKET = "door";
    /** A Unix socket's name has 108 bytes, one of which ends it. */
    private static final int MAX_NAME_BYTES = 107;
    /** Each has a thread. Whoever comes then is sent away, and calls by the network. */
    private static final int MAX_CONNECTIONS = 256;

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);
    private static final long IDLE_NANOS = Duration.ofSeconds(90).toNanos();
    private static final long FAILURE_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final ServerSocketChannel listener;
    private final LocalPlace place;
    private final Entrance entrance;
    private final Supplier<@Nullable Actions> actions;

    @GuardedBy("this")
    private final Set<LocalServing> served = new HashSet<>();

    @GuardedBy("this")
    private boolean closed;

    private LocalDoor(
            ServerSocketChannel listener, LocalPlace place, Entrance entrance, Supplier<@Nullable Actions> actions) {
        this.listener = listener;
        this.place = place;
        this.entrance = entrance;
        this.actions = actions;
    }

    /**
     * Opens it in the node's data directory, which is the node's alone.
     *
     * @param port of the door for the network
     * @param actions asked at each call; null while the node is starting
     * @return empty where this machine has no such sockets, or no name for itself
     */
    public static Optional<LocalDoor> open(
            Path data, int port, Entrance entrance, Supplier<@Nullable Actions> actions) {
        Path socket = data.toAbsolutePath().resolve(DIRECTORY).resolve(SOCKET);
        Optional<String> machine = MachineId.own();
        if (machine.isEmpty() || socket.toString().getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            LOG.info("takes calls by the network alone: socket={}", socket);
            return Optional.empty();
        }
        try {
            prepare(data.toAbsolutePath().resolve(DIRECTORY));
            ServerSocketChannel listener = listen(socket);
            boolean opened = false;
            try {
                String key = String.valueOf(MachineId.fileKey(socket));
                LocalPlace place = new LocalPlace(machine.get(), port, socket.toString(), key);
                LocalDoor door = new LocalDoor(listener, place, entrance, actions);
                thread("local-door", door::accept).start();
                opened = true;
                return Optional.of(door);
            } finally {
                if (!opened) {
                    quietly(listener);
                }
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("takes calls by the network alone: socket={} reason={}", socket, e.toString());
            return Optional.empty();
        }
    }

    /** Where it is. */
    public LocalPlace place() {
        return place;
    }

    /** How many there are now. */
    public synchronized long connections() {
        return served.size();
    }

    /** Calls under way are given a few seconds. Idempotent. */
    @Override
    public void close() {
        quietly(listener);
        try {
            Files.deleteIfExists(Path.of(place.socket()));
        } catch (IOException e) {
            LOG.warn(
                    "cannot take the socket away, the next start does: socket={} reason={}",
                    place.socket(),
                    e.toString());
        }
        long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
        synchronized (this) {
            closed = true;
            served.forEach(LocalServing::stop);
            try {
                for (long left = 1; !served.isEmpty() && left > 0; left = deadline - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            served.forEach(LocalServing::close);
        }
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                take(listener.accept());
            } catch (IOException | RuntimeException | Error e) {
                // too many files or threads, or no memory: none of which may shut the door for good
                if (listener.isOpen()) {
                    LOG.warn("cannot take a connection: socket={} reason={}", place.socket(), e.toString());
                    LockSupport.parkNanos(FAILURE_PAUSE_NANOS);
                }
            }
        }
    }

    private void take(SocketChannel channel) throws IOException {
        LocalServing serving = null;
        boolean serves = false;
        try {
            if (hasRoom()) {
                serving = new LocalServing(new LocalSocket(channel), entrance, actions);
                LocalServing taken = serving;
                if (isTaken(taken)) {
                    thread("local-call", () -> serve(taken)).start();
                    serves = true;
                }
            }
        } finally {
            if (!serves) {
                channel.close();
                synchronized (this) {
                    served.remove(serving);
                }
            }
        }
    }

    /** Whoever has asked nothing for long makes room: clients of ours have closed by then. */
    private boolean hasRoom() {
        LocalServing idlest = null;
        synchronized (this) {
            if (served.size() < MAX_CONNECTIONS) {
                return true;
            }
            for (LocalServing each : served) {
                if (idlest == null || each.idleNanos() > idlest.idleNanos()) {
                    idlest = each;
                }
            }
        }
        if (idlest != null && idlest.idleNanos() > IDLE_NANOS) {
            idlest.close(); // for whoever comes next: its thread has to end first
        }
        return false;
    }

    private void serve(LocalServing serving) {
        try {
            serving.run();
        } finally {
            serving.close();
            synchronized (this) {
                served.remove(serving);
                notifyAll();
            }
        }
    }

    private synchronized boolean isTaken(LocalServing serving) {
        return !closed && served.size() < MAX_CONNECTIONS && served.add(serving);
    }

    private static void prepare(Path directory) throws IOException {
        Files.createDirectories(directory);
        permit(directory, "rwx--x--x");
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
            for (Path each : left) {
                Files.deleteIfExists(each);
            }
        }
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        boolean listens = false;
        try {
            listener.bind(UnixDomainSocketAddress.of(socket));
            permit(socket, "rw-rw-rw-");
            listens = true;
            return listener;
        } finally {
            if (!listens) {
                quietly(listener);
            }
        }
    }

    private static void permit(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static void quietly(ServerSocketChannel listener) {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.warn("cannot stop listening: reason={}", e.toString());
        }
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
