package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.FileBlocks;
import io.swarmgrid.client.wire.Holder;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;

/** Where the blocks of a file lie, in the words by which schedulers choose hosts. */
final class BlockPlaces {
    private static final String HERE = "localhost";

    private BlockPlaces() {}

    /** The blocks that hold a byte of the range. */
    static BlockLocation[] of(FileBlocks file, long start, long lengthBytes) {
        List<BlockLocation> places = new ArrayList<>();
        for (io.swarmgrid.client.wire.BlockLocation block : file.blocks()) {
            if (block.offset() + block.sizeBytes() > start && block.offset() - lengthBytes < start) {
                places.add(place(block));
            }
        }
        return places.toArray(new BlockLocation[0]);
    }

    /**
     * What is kept in the metadata is near to everybody; as often as there shall be copies, since some wait until so many places
     * are told.
     */
    static BlockLocation everywhere(FileStatus file) {
        String[] hosts = new String[Math.max(1, file.getReplication())];
        String[] names = new String[hosts.length];
        Arrays.fill(hosts, HERE);
        Arrays.fill(names, HERE + ":0");
        return new BlockLocation(names, hosts, 0, file.getLen());
    }

    private static BlockLocation place(io.swarmgrid.client.wire.BlockLocation block) {
        List<Holder> live = block.holders().stream().filter(Holder::live).toList();
        String[] names = new String[live.size()];
        String[] hosts = new String[live.size()];
        String[] topology = new String[live.size()];
        for (int i = 0; i < hosts.length; i++) {
            Holder holder = live.get(i);
            URI location = URI.create(holder.location());
            names[i] = location.getAuthority();
            hosts[i] = location.getHost();
            topology[i] = "/" + holder.zone() + "/" + names[i];
        }
        return new BlockLocation(names, hosts, topology, block.offset(), block.sizeBytes());
    }
}
