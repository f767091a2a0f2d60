package io.swarmgrid.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback interface, for nodes that are started on this machine and that find each other, also after a
 * restart. They lie below those that Linux gives to connections, which would take the port of a node while it is down, and in a
 * block that belongs to this process for as long as it lives: whoever binds the first port of a block owns it.
 *
 * <p>Thread-safe.
 */
public final class Ports {
    private static final int FIRST = 10_000;
    private static final int BLOCK = 100;
    private static final int BLOCKS = 220;

    /** Where a block of this process begins; each is kept bound. */
    private static final List<ServerSocket> OWNED = new ArrayList<>();

    /** Of the last block, the port to try next, counted from its first. */
    private static int next;

    private Ports() {}

    /**
     * So many distinct ports; they are free when this returns. No other process gets them from here while this one lives, and
     * this one gets them again only after the others of its block.
     *
     * @throws IllegalStateException where there are not so many
     */
    public static synchronized List<Integer> free(int count) {
        List<Integer> ports = new ArrayList<>(count);
        for (int tried = 0; ports.size() < count; tried++) {
            if (OWNED.isEmpty() || (tried > 0 && tried % (BLOCK - 1) == 0)) {
                OWNED.add(ownBlock());
                next = 1;
            }
            int port = OWNED.get(OWNED.size() - 1).getLocalPort() + next;
            next = next % (BLOCK - 1) + 1;
            if (isFree(port)) {
                ports.add(port);
            }
        }
        return ports;
    }

    private static ServerSocket ownBlock() {
        int start = ThreadLocalRandom.current().nextInt(BLOCKS);
        IOException last = null;
        for (int i = 0; i < BLOCKS; i++) {
            try {
                return bind(FIRST + BLOCK * ((start + i) % BLOCKS));
            } catch (IOException e) {
                last = e; // somebody else's
            }
        }
        throw new IllegalStateException("all blocks of ports from " + FIRST + " on are taken on loopback", last);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = bind(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
