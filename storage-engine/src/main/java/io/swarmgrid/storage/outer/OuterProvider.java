package io.swarmgrid.storage.outer;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens stores by their addresses, found by {@link java.util.ServiceLoader}: what it needs may be missing until it is asked. */
public interface OuterProvider {
    /**
     * Opens the store at an address, which need not be reachable yet.
     *
     * @param settings a file, or a directory of files, of settings; null for none
     * @throws io.swarmgrid.client.GridException UNSUPPORTED where nothing is known of the scheme, UNAVAILABLE, PERMISSION_DENIED
     * @throws LinkageError where what it needs is not on the class path
     */
    OuterStore open(URI uri, @Nullable Path settings);
}
