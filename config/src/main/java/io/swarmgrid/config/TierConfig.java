package io.swarmgrid.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory that holds blocks.
 *
 * @param medium what it is made of
 * @param path the directory; made when it is missing
 * @param capacity how much it may hold; empty means as much as its file system has
 */
public record TierConfig(Medium medium, Path path, Optional<DataSize> capacity) {
    public TierConfig {
        Checks checks = new Checks();
        capacity.ifPresent(size -> checks.between("capacity", size, "1MiB", "1024PiB"));
        checks.done();
    }
}
