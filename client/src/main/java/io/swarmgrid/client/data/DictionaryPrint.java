package io.swarmgrid.client.data;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.util.hash.MurmurHasher;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;

/**
 * What dictionaries hold at a moment, to tell whether they change from batch to batch: readers load the next one in the
 * place of the one before.
 *
 * @param lengths values of each dictionary, in order of their ids
 * @param hashes over all of its bytes
 */
public record DictionaryPrint(List<Integer> lengths, List<Integer> hashes) {
    public DictionaryPrint {
        lengths = List.copyOf(lengths);
        hashes = List.copyOf(hashes);
    }

    /** Looks at all dictionaries of the provider, bytes and all. */
    public static DictionaryPrint of(DictionaryProvider dictionaries) {
        List<Integer> lengths = new ArrayList<>();
        List<Integer> hashes = new ArrayList<>();
        MurmurHasher hasher = new MurmurHasher();
        for (long id : new TreeSet<>(dictionaries.getDictionaryIds())) {
            FieldVector values = dictionaries.lookup(id).getVector();
            int hash = 0;
            for (ArrowBuf buffer : values.getBuffers(false)) {
                hash = 31 * hash + hasher.hashCode(buffer, 0, buffer.readableBytes());
            }
            lengths.add(values.getValueCount());
            hashes.add(hash);
        }
        return new DictionaryPrint(lengths, hashes);
    }
}
