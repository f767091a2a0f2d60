package io.swarmgrid.storage.block;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** Where a tier keeps bad copies for inspection: so many files, then the oldest goes. Thread-safe. */
final class Quarantine {
    static final String DIRECTORY = "quarantine";
    static final int MAX_FILES = 64;

    /** A file put aside. */
    private record Aside(Path file, long bytes, long modifiedMillis) {}

    private final Path directory;
    private final TierSpace space;
    private final Deque<Aside> files = new ArrayDeque<>();

    private Quarantine(Path directory, TierSpace space) {
        this.directory = directory;
        this.space = space;
    }

    static Quarantine open(Path tier, TierSpace space) throws IOException {
        Quarantine quarantine = new Quarantine(tier.resolve(DIRECTORY), space);
        Files.createDirectories(quarantine.directory);
        quarantine.load();
        return quarantine;
    }

    /**
     * Moves a file, or what is in its place, here; nothing happens where it is gone. Its room stays taken until it is thrown away, as
     * an earlier one of its name is now.
     */
    synchronized void put(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path aside = directory.resolve(file.getFileName());
        Aside old = files.stream()
                .filter(each -> each.file.equals(aside))
                .findFirst()
                .orElse(null);
        if (old != null) {
            files.remove(old);
            space.gone(old.bytes);
        }
        deleteTree(aside); // a file is not moved onto a directory, nor one of these onto a file
        try {
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return;
        }
        add(new Aside(aside, Files.size(aside), 0));
    }

    synchronized int files() {
        return files.size();
    }

    synchronized long bytes() {
        return files.stream().mapToLong(Aside::bytes).sum();
    }

    private synchronized void load() throws IOException {
        List<Path> there;
        try (Stream<Path> listing = Files.list(directory)) {
            there = listing.toList();
        }
        List<Aside> found = new ArrayList<>();
        for (Path file : there) {
            found.add(new Aside(
                    file, Files.size(file), Files.getLastModifiedTime(file).toMillis()));
        }
        found.sort(Comparator.comparingLong(Aside::modifiedMillis));
        for (Aside aside : found) {
            add(aside);
        }
    }

    private void add(Aside aside) throws IOException {
        files.addLast(aside);
        space.found(aside.bytes);
        while (files.size() > MAX_FILES) {
            Aside oldest = files.removeFirst();
            deleteTree(oldest.file);
            space.gone(oldest.bytes);
        }
    }

    /** What was put aside may be a directory that somebody has put in the place of a block. */
    private static void deleteTree(Path file) throws IOException {
        if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(file);
            return;
        }
        List<Path> below;
        try (Stream<Path> tree = Files.walk(file)) {
            below = new ArrayList<>(tree.toList());
        }
        below.sort(Comparator.reverseOrder());
        for (Path each : below) {
            Files.deleteIfExists(each);
        }
    }
}
