package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.wire.Holder;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * How a dataset is read: its partitions in order, each of which can be read on its own.
 *
 * @param schema of the columns asked for, as it goes over the wire (a dictionary-encoded field has the type of its values)
 * @param rows of all endpoints together
 * @param sizeBytes about how many bytes they take in their files
 * @param version of the dataset
 */
public record DatasetPlan(Schema schema, long rows, long sizeBytes, long version, List<Endpoint> endpoints) {
    public DatasetPlan {
        endpoints = List.copyOf(endpoints);
    }

    /**
     * One partition and where its bytes are.
     *
     * @param holders nodes that have all of the file's blocks first, live ones before others; empty where the file is so
     *     small that it lives in the metadata: every node reads it equally well
     */
    public record Endpoint(PartitionRead read, List<Holder> holders) {
        public Endpoint {
            holders = List.copyOf(holders);
        }
    }
}
