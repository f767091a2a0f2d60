package io.swarmgrid.it.chaos.judge;

import java.util.List;
import java.util.Map;

/**
 * What there is once nobody writes, all nodes are up, and every grace has passed.
 *
 * @param entries all of the namespace
 * @param disk the block files of all nodes, those that were put aside left out
 * @param problems what the grid's own check finds, in its words
 * @param unreadable paths that are listed, and why they could not be read
 */
public record EndState(
        List<Entry> entries, List<DiskFile> disk, List<String> problems, Map<String, String> unreadable) {
    public EndState {
        entries = List.copyOf(entries);
        disk = List.copyOf(disk);
        problems = List.copyOf(problems);
        unreadable = Map.copyOf(unreadable);
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
