package io.swarmgrid.it.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * All that lies in the directory of a node's blocks, by its names.
 *
 * @param blocks the files of blocks, without those that were put aside
 * @param strays what a grid at rest has no use for: parts of blocks, unfinished files, what was lent, what nobody knows
 */
record TierFiles(List<Path> blocks, List<Path> strays) {
    private static final Pattern SHARD = Pattern.compile("[0-9a-f]{2}");
    private static final Pattern BLOCK = Pattern.compile("[0-9a-f]{16}\\.\\d+");
    private static final String SIDECAR = ".meta";
    /** The lock, whose it is, near copies, which are nobody's, and what was put aside for people to look at. */
    private static final Set<String> FIXED = Set.of("lock", "tier.json", "near", "quarantine");

    private static final Pattern NAMES = Pattern.compile("names\\.\\d+\\.(log|base)");

    /** What vanishes meanwhile is left out. */
    static TierFiles of(Path tier) throws IOException {
        TierFiles found = new TierFiles(new ArrayList<>(), new ArrayList<>());
        for (Path each : list(tier)) {
            String name = each.getFileName().toString();
            if (SHARD.matcher(name).matches()) {
                found.shard(list(each));
            } else if (name.equals("lent")) {
                found.strays.addAll(list(each));
            } else if (name.equals("names")) {
                list(each).stream()
                        .filter(file ->
                                !NAMES.matcher(file.getFileName().toString()).matches())
                        .forEach(found.strays::add);
            } else if (!FIXED.contains(name)) {
                found.strays.add(each);
            }
        }
        return found;
    }

    static List<Path> shards(Path tier) throws IOException {
        return list(tier).stream()
                .filter(each -> SHARD.matcher(each.getFileName().toString()).matches())
                .toList();
    }

    static boolean isBlock(Path file) {
        return BLOCK.matcher(file.getFileName().toString()).matches();
    }

    static Path sidecar(Path block) {
        return block.resolveSibling(block.getFileName() + SIDECAR);
    }

    private void shard(List<Path> files) {
        Set<Path> all = new HashSet<>(files);
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (isBlock(file)) {
                blocks.add(file);
                if (!all.contains(sidecar(file)) || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    strays.add(file);
                }
            } else if (!name.endsWith(SIDECAR)
                    || !all.contains(file.resolveSibling(name.substring(0, name.length() - SIDECAR.length())))) {
                strays.add(file);
            }
        }
    }

    static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }
}
