package io.swarmgrid.client.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.hash.MurmurHasher;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;

/**
 * What a reader's dictionaries hold, to tell whether they change from batch to batch: a reader loads the next one in the
 * place of the one before.
 *
 * @param lengths values of each dictionary
 * @param hashes over all of its bytes
 */
record DictionaryPrint(List<Integer> lengths, List<Integer> hashes) {
    static DictionaryPrint of(ArrowReader batches) throws IOException {
        Map<Long, Dictionary> dictionaries = batches.getDictionaryVectors();
        if (dictionaries.isEmpty()) {
            return new DictionaryPrint(List.of(), List.of());
        }
        List<Integer> lengths = new ArrayList<>();
        List<Integer> hashes = new ArrayList<>();
        for (Dictionary dictionary : new TreeMap<>(dictionaries).values()) {
            FieldVector values = dictionary.getVector();
            lengths.add(values.getValueCount());
            MurmurHasher hasher = new MurmurHasher();
            int hash = 0;
            for (ArrowBuf buffer : values.getBuffers(false)) {
                hash = 31 * hash + hasher.hashCode(buffer, 0, buffer.readableBytes());
            }
            hashes.add(hash);
        }
        return new DictionaryPrint(lengths, hashes);
    }
}
