package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.NearRoom;
import io.swarmgrid.client.wire.Pinned;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Keepable;
import io.swarmgrid.storage.membership.Nodes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Pins: near copies that are kept because somebody asks for them, if the tiers can hold them. Two that are asked for at once may both be
 * found to fit; of the later one some copies are then missing, and shown. Thread-safe.
 */
public final class Pins {
    private final Files files;
    private final Nodes nodes;

    public Pins(Files files, Nodes nodes) {
        this.files = files;
        this.nodes = nodes;
    }

    /**
     * Pins a file, or what is made in a directory from now on.
     *
     * @param tier null for the fastest there is
     * @param within a directory above that has the same pin, and with which all below it was found to fit; null for none
     * @throws GridException PRECONDITION_FAILED where the tiers cannot hold what is there and below; UNSUPPORTED of a mount
     */
    public Pinned pin(GridPath path, @Nullable Medium tier, int copies, @Nullable GridPath within) {
        Keeping asked = Keeping.asked(tier == null ? fastest() : tier, copies);
        FileStatus entry = files.stat(path);
        if (entry.attribute(Mounts.ATTRIBUTE) != null) {
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "the files of an outer store have no blocks that could be pinned: " + path,
                    path.toString(),
                    "what is read of them is kept near for as long as it is read",
                    null);
        }
        long sizeBytes = 0;
        if (within == null || !isPinnedWith(path, asked, within)) {
            sizeBytes = entry.kind() == EntryKind.FILE
                    ? entry.sizeBytes()
                    : files.usage(path).sizeBytes();
            requireRoom(path, asked, Keeping.of(entry.attributes()), sizeBytes);
        }
        return new Pinned(files.keep(path, asked), Keeping.name(mediumOf(asked)), copies, sizeBytes);
    }

    /** The opposite. */
    public FileStatus unpin(GridPath path) {
        return files.keep(path, Keeping.NONE);
    }

    /** How much the live nodes may keep near. */
    public NearRoom room() {
        List<NearRoom.Room> rooms = new ArrayList<>();
        for (GridNodeInfo node : nodes.live()) {
            for (Keepable each : nodes.keepable(node.name())) {
                rooms.add(new NearRoom.Room(
                        node.name(), Keeping.name(each.medium()), each.mostBytes(), each.leftBytes()));
            }
        }
        return new NearRoom(rooms);
    }

    private boolean isPinnedWith(GridPath path, Keeping asked, GridPath within) {
        return path.startsWith(within)
                && asked.equals(Keeping.of(files.stat(within).attributes()));
    }

    private void requireRoom(GridPath path, Keeping asked, Keeping before, long sizeBytes) {
        Medium medium = mediumOf(asked);
        String tier = Keeping.name(medium);
        List<NearRoom.Room> rooms =
                takers().stream().filter(room -> room.tier().equals(tier)).toList();
        if (rooms.size() < asked.copies()) {
            throw refused(
                    path,
                    asked.copies() + " near copies of each block on " + tier + " need as many nodes, and there are "
                            + rooms.size() + " that keep any there" + of(rooms));
        }
        // What has its pin already is in what is kept, or is being made: asked again, it is not counted again.
        int more = before.near() == medium ? Math.max(0, asked.copies() - before.copies()) : asked.copies();
        long neededBytes = Math.multiplyExact(sizeBytes, more);
        long leftBytes = rooms.stream().mapToLong(NearRoom.Room::leftBytes).sum();
        if (neededBytes > leftBytes) {
            throw refused(
                    path,
                    "pin of " + SizeText.of(neededBytes) + ", " + tier + " tiers can keep " + SizeText.of(leftBytes)
                            + of(rooms));
        }
    }

    /** Of the nodes that take blocks. */
    private List<NearRoom.Room> takers() {
        List<String> takers = nodes.live().stream()
                .filter(node -> node.voter() && !node.draining())
                .map(GridNodeInfo::name)
                .toList();
        return room().rooms().stream()
                .filter(room -> takers.contains(room.node()))
                .toList();
    }

    private Medium fastest() {
        return takers().stream()
                .map(room -> Keeping.medium(room.tier()))
                .min(Medium::compareTo)
                .orElseThrow(() -> new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "no node keeps near copies that are asked for",
                        null,
                        "storage.cache.pin-share says how much of each tier may be kept",
                        null));
    }

    private static Medium mediumOf(Keeping asked) {
        Medium medium = asked.near();
        if (medium == null) {
            throw new IllegalStateException("a pin of nothing");
        }
        return medium;
    }

    private static String of(List<NearRoom.Room> rooms) {
        return rooms.isEmpty()
                ? ""
                : rooms.stream()
                        .map(room -> room.node() + " " + SizeText.of(room.leftBytes()))
                        .collect(Collectors.joining(", ", ": ", ""));
    }

    private static GridException refused(GridPath path, String why) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                why + ": " + path,
                path.toString(),
                "pin less, in fewer copies or on another tier, or unpin something: swarm pin --list",
                null);
    }
}
