package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import java.util.Comparator;

/** Names of the files in a dataset's directory, and their attributes. */
final class PartitionName {
    /** The file with the schema and no batches. */
    static final String SCHEMA = "_schema.arrow";
    /** The attribute with the number of rows of a partition file. */
    static final String ROWS = "rows";
    /** The attribute with the column and the value that a file was partitioned by. */
    static final String PARTITION = "partition";

    /** The largest number of a part. */
    static final int MAX_PART = 99_999;

    private static final String PREFIX = "part-";
    private static final String SUFFIX = ".arrow";

    private PartitionName() {}

    /** By number and not by text, so that part-100000 comes after part-99999. */
    static final Comparator<FileStatus> ORDER = Comparator.comparingInt((FileStatus file) -> number(name(file)))
            .thenComparing(file -> name(file).replace(SUFFIX, ""));

    static String of(int number, String suffix) {
        return String.format("%s%05d-%s%s", PREFIX, number, suffix, SUFFIX);
    }

    /** Of a part of a session: the same each time it is put, so that two of them cannot be there at once. */
    static String ofPart(int part, int further) {
        String more = further == 0 ? "" : String.format("-%05d", further);
        return String.format("%s%05d%s%s", PREFIX, part, more, SUFFIX);
    }

    static boolean isPartition(FileStatus file) {
        String name = name(file);
        return file.kind() == EntryKind.FILE && name.endsWith(SUFFIX) && !name.equals(SCHEMA);
    }

    static String name(FileStatus file) {
        return file.path().substring(file.path().lastIndexOf('/') + 1);
    }

    /** The number in a name; the largest for a name of another form. */
    static int number(String name) {
        int end = PREFIX.length();
        while (end < name.length() && Character.isDigit(name.charAt(end)) && end - PREFIX.length() < 9) {
            end++;
        }
        return name.startsWith(PREFIX) && end > PREFIX.length()
                ? Integer.parseInt(name.substring(PREFIX.length(), end))
                : Integer.MAX_VALUE;
    }
}
