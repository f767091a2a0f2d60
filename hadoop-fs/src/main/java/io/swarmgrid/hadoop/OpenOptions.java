package io.swarmgrid.hadoop;

import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.impl.OpenFileParameters;

/** What {@code openFile} is told about how a file will be read. Keys by their text: older Hadoops have no names for them. */
final class OpenOptions {
    private static final String POLICY = "fs.option.openfile.read.policy";

    private static final Set<String> KNOWN = Set.of(
            POLICY,
            "fs.option.openfile.length",
            "fs.option.openfile.split.start",
            "fs.option.openfile.split.end",
            "fs.option.openfile.buffer.size",
            "fs.option.openfile.footer.cache");

    /** Those that read it from front to back. */
    private static final Set<String> ONWARD =
            Set.of("default", "adaptive", "sequential", "whole-file", "avro", "csv", "json");

    /** Those that jump about in a file. */
    private static final Set<String> RANDOM = Set.of("random", "vector", "parquet", "orc", "columnar", "hbase");

    private OpenOptions() {}

    /**
     * Whether the file will be read here and there: the first policy that is known decides.
     *
     * @throws IllegalArgumentException where an option must be understood that is not
     */
    static boolean random(OpenFileParameters parameters) {
        for (String key : parameters.getMandatoryKeys()) {
            if (!KNOWN.contains(key)) {
                throw new IllegalArgumentException("unknown option of openFile: " + key + ", known are " + KNOWN);
            }
        }
        for (String policy : parameters.getOptions().getTrimmedStrings(POLICY)) {
            String known = policy.toLowerCase(Locale.ROOT);
            if (RANDOM.contains(known)) {
                return true;
            }
            if (ONWARD.contains(known)) {
                return false;
            }
        }
        return false;
    }
}
