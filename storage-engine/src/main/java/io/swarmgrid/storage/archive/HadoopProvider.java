package io.swarmgrid.storage.archive;

import io.swarmgrid.storage.outer.OuterProvider;
import io.swarmgrid.storage.outer.OuterStore;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Has no Hadoop in its signatures, so that it is found where there is none. */
public final class HadoopProvider implements OuterProvider {
    @Override
    public OuterStore open(URI uri, @Nullable Path settings) {
        return HadoopStore.open(uri, settings);
    }
}
