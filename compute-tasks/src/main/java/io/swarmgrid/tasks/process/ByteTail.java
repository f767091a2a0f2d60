package io.swarmgrid.tasks.process;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The last bytes of a stream, however long it and its lines are. Thread-safe. */
final class ByteTail {
    private final byte[] ring;
    private long total;

    ByteTail(int capacityBytes) {
        ring = new byte[capacityBytes];
    }

    synchronized void add(byte[] bytes, int length) {
        for (int i = Math.max(0, length - ring.length); i < length; i++) {
            ring[(int) ((total + i) % ring.length)] = bytes[i];
        }
        total += length;
    }

    /** The last lines, at most so many; a line whose beginning is lost begins with an ellipsis. */
    synchronized List<String> lines(int limit) {
        int kept = (int) Math.min(total, ring.length);
        byte[] ordered = new byte[kept];
        for (int i = 0; i < kept; i++) {
            ordered[i] = ring[(int) ((total - kept + i) % ring.length)];
        }
        String text = new String(ordered, StandardCharsets.UTF_8);
        List<String> lines = (total > kept ? "..." + text : text).lines().toList();
        return lines.subList(Math.max(0, lines.size() - limit), lines.size());
    }
}
