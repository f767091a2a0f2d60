package io.swarmgrid.client.wire;

import java.util.List;

/** The answer of {@code cache.room}: how much the live nodes may keep near, each of their media once. */
public record NearRoom(List<Room> rooms) {
    public NearRoom {
        rooms = List.copyOf(rooms);
    }

    /**
     * Of one node and one medium.
     *
     * @param tier {@code mem}, {@code ssd} or {@code hdd}
     * @param mostBytes in all
     * @param leftBytes of that, what nothing is kept in
     */
    public record Room(String node, String tier, long mostBytes, long leftBytes) {}
}
