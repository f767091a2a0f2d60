package io.swarmgrid.client.data;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * A record batch as it came, good until the consumer returns.
 *
 * @param part what it is of
 * @param location the node it came from
 * @param root its columns; whoever wants to keep them transfers or copies them
 * @param dictionaries of the columns that are encoded with one
 */
public record Batch(DatasetPart part, String location, VectorSchemaRoot root, DictionaryProvider dictionaries) {}
