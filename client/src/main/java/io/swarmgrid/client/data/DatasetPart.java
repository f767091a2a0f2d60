package io.swarmgrid.client.data;

import java.util.List;

/**
 * One endpoint of a read: a partition file of a dataset, or a split of a task's result.
 *
 * @param index its place in the order of the whole
 * @param name of the partition file; empty where the grid gives none
 * @param rows as far as they are read; -1 where the grid does not say
 * @param sizeBytes of the whole file; -1 where the grid does not say
 * @param locations nodes that hold its bytes, best first
 */
public record DatasetPart(int index, String name, long rows, long sizeBytes, List<String> locations) {
    public DatasetPart {
        locations = List.copyOf(locations);
    }
}
