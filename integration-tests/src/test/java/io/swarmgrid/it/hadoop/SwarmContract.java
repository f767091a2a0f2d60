package io.swarmgrid.it.hadoop;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.contract.AbstractFSContract;

/** The contract as {@code swarm://} declares it, over a grid whose addresses are in the configuration. */
final class SwarmContract extends AbstractFSContract {
    private static final URI GRID = URI.create("swarm://contract");

    SwarmContract(Configuration configuration, List<String> addresses) {
        super(configuration);
        configuration.set("fs.swarm.contract.addresses", String.join(",", addresses));
        configuration.setInt("fs.swarm.replicas", Math.min(2, addresses.size()));
        addConfResource("contract/swarm.xml");
    }

    @Override
    public FileSystem getTestFileSystem() throws IOException {
        return FileSystem.get(GRID, getConf());
    }

    @Override
    public String getScheme() {
        return "swarm";
    }

    @Override
    public Path getTestPath() {
        return new Path("/contract");
    }
}
