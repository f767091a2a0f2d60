package io.swarmgrid.it.chaos.judge;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What there is once nobody writes, all nodes are up, and every grace has passed.
 *
 * @param entries all of the namespace
 * @param disk the block files of all nodes, those that were put aside left out
 * @param left what else there is that should not be
 * @param problems what the grid's own check finds, in its words
 * @param unreadable paths that are listed, and why they could not be read
 */
public record EndState(
        List<Entry> entries, List<DiskFile> disk, Left left, List<String> problems, Map<String, String> unreadable) {
    public EndState {
        entries = List.copyOf(entries);
        disk = List.copyOf(disk);
        problems = List.copyOf(problems);
        unreadable = Map.copyOf(unreadable);
    }

    /** One in which nothing is left. */
    EndState(List<Entry> entries, List<DiskFile> disk, List<String> problems, Map<String, String> unreadable) {
        this(entries, disk, Left.NOTHING, problems, unreadable);
    }

    /**
     * What is left of unfinished work.
     *
     * @param files in the directories of blocks that belong to no block
     * @param leases by node, how many files it has open, or is the keeper of, that are being written; those without a name, too
     * @param sessions by node, how many staged ones it knows of
     */
    public record Left(List<String> files, SortedMap<String, Long> leases, SortedMap<String, Long> sessions) {
        static final Left NOTHING = new Left(List.of(), new TreeMap<>(), new TreeMap<>());

        public Left {
            files = List.copyOf(files);
            leases = new TreeMap<>(leases);
            sessions = new TreeMap<>(sessions);
        }
    }

    /** Where one copy of a block is. */
    public record Copy(String node, String block, long epoch) {}

    /**
     * A block of a file.
     *
     * @param wanted how many copies there should be
     */
    public record Block(String id, int wanted, List<Copy> copies) {
        public Block {
            copies = List.copyOf(copies);
        }
    }

    /**
     * A file or a directory.
     *
     * @param state as {@code fs.stat} shows it; {@code directory} or {@code dataset} for those
     */
    public record Entry(String path, String state, List<Block> blocks) {
        public static final String SEALED = "sealed";
        public static final String DIRECTORY = "directory";
        public static final String DATASET = "dataset";

        public Entry {
            blocks = List.copyOf(blocks);
        }
    }

    /** A block file on the disk of a node. */
    public record DiskFile(Copy copy, String file) {}
}
