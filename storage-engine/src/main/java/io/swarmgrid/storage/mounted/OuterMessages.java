package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.wire.MountStatistics;
import io.swarmgrid.storage.outer.OuterEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What nodes say to each other about outer stores, as JSON in control frames. */
final class OuterMessages {
    private OuterMessages() {}

    /**
     * The question of a ReadOuter: a range of one version of a file.
     *
     * @param tag as {@link OuterEntry#tag}
     */
    record Read(
            String uri,
            String path,
            long sizeBytes,
            long modifiedNanos,
            @Nullable String tag,
            long offset,
            long lengthBytes) {
        static Read of(OuterFile file, long offset, long lengthBytes) {
            OuterEntry version = file.version();
            return new Read(
                    file.uri(),
                    file.path(),
                    version.sizeBytes(),
                    version.modifiedNanos(),
                    version.tag(),
                    offset,
                    lengthBytes);
        }

        OuterFile file() {
            String name = path.substring(path.lastIndexOf('/') + 1);
            return new OuterFile(uri, path, new OuterEntry(name, false, sizeBytes, modifiedNanos, tag));
        }
    }

    /** The first answer to it, before the bytes. */
    record Coming(long lengthBytes) {}

    /** The question of a ProbeOuter: can you read it? */
    record Probe(String uri) {}

    /**
     * The answer to it, where the store can be read.
     *
     * @param directory whether it is one
     * @param firstNames a number made of the first names in it: other nodes that see the same have the same
     */
    record Probed(boolean directory, String firstNames) {}

    /** The question of a CountOuter. */
    record Count() {}

    /** The answer to it: each store of which something was read. */
    record Counted(List<MountStatistics> stores) {
        Counted {
            stores = List.copyOf(stores);
        }
    }
}
