package io.swarmgrid.client.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to a port that is cut, as by a killed process, once so many bytes have come back through it. */
final class CutProxy implements AutoCloseable {
    private final int target;
    private final long cutAfterBytes;
    private final ServerSocket listening = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean cut;

    CutProxy(int target, long cutAfterBytes) throws IOException {
        this.target = target;
        this.cutAfterBytes = cutAfterBytes;
        start(this::accept);
    }

    String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    boolean wasCut() {
        return cut;
    }

    private void accept() throws IOException {
        while (true) {
            Socket near = listening.accept();
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.addAll(List.of(near, far));
            start(() -> copy(near, far, Long.MAX_VALUE));
            start(() -> copy(far, near, cutAfterBytes));
        }
    }

    private void copy(Socket from, Socket to, long limit) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] bytes = new byte[8192];
        long copied = 0;
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            copied += count;
            if (copied > limit) {
                cut = true;
                close();
                return;
            }
            out.write(bytes, 0, count);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A socket was closed: the end of this way.
                    }
                },
                "cut-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
