package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.FileBlocks;
import io.swarmgrid.client.wire.Holder;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.BlockLocation;

/** Where the blocks of a file lie, in the words by which schedulers choose hosts. */
final class BlockPlaces {
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
