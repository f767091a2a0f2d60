package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** Damages sealed blocks on the disk of one node; every one of them has a good copy on another node, too. */
final class DamageBlocks implements Fault {
    /** How a file is damaged. */
    enum Way {
        FLIP_A_BIT,
        TRUNCATE,
        REMOVE,
        REPLACE_BY_A_DIRECTORY
    }

    private static final int AT_ONCE = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long PAUSE_MS = 200;

    private final Way way;
    private final Set<String> damagedBefore;

    private DamageBlocks(Way way, Set<String> damagedBefore) {
        this.way = way;
        this.damagedBefore = damagedBefore;
    }

    /** No block is damaged by two of them: the one copy could go before the other is mended. */
    static Stream<Fault> all() {
        Set<String> damaged = new HashSet<>();
        return Arrays.stream(Way.values()).map(way -> new DamageBlocks(way, damaged));
    }

    @Override
    public String name() {
        return "DamageBlocks " + way;
    }

    @Override
    public Company company() {
        return Company.DAMAGE;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean struck = damageSome(arena, random);
        while (!struck && System.nanoTime() - deadline < 0) {
            Thread.sleep(PAUSE_MS); // there are few blocks at first
            struck = damageSome(arena, random);
        }
        return struck;
    }

    private boolean damageSome(Arena arena, Random random) throws IOException {
        NodeProcess victim = arena.anyNode(random);
        List<Path> blocks = new ArrayList<>(arena.blockFiles(victim));
        Collections.sort(blocks);
        Collections.shuffle(blocks, random);
        int damaged = 0;
        for (Path block : blocks) {
            if (damaged < AT_ONCE
                    && Arena.isSealed(block)
                    && hasCopyElsewhere(arena, victim, block)
                    && damagedBefore.add(block.getFileName().toString())) {
                damaged += damage(block, random) ? 1 : 0;
            }
        }
        return damaged > 0;
    }

    private static boolean hasCopyElsewhere(Arena arena, NodeProcess victim, Path block) {
        Path below = arena.blocks(victim).relativize(block);
        return arena.nodes().stream()
                .filter(node -> !node.equals(victim))
                .map(node -> arena.blocks(node).resolve(below))
                .anyMatch(copy -> Files.exists(copy) && Arena.isSealed(copy));
    }

    /** False where its file was removed meanwhile. */
    private boolean damage(Path block, Random random) throws IOException {
        try {
            switch (way) {
                case REMOVE -> Files.delete(block);
                case REPLACE_BY_A_DIRECTORY -> {
                    Files.delete(block);
                    Files.createDirectory(block);
                }
                case FLIP_A_BIT, TRUNCATE -> change(block, random);
            }
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void change(Path block, Random random) throws IOException {
        try (FileChannel file = FileChannel.open(block, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long at = random.nextLong(Math.max(1, file.size()));
            if (way == Way.TRUNCATE) {
                file.truncate(at);
                return;
            }
            ByteBuffer octet = ByteBuffer.allocate(1);
            file.read(octet, at);
            octet.put(0, (byte) (octet.get(0) ^ (1 << random.nextInt(8)))).rewind();
            file.write(octet, at);
        }
    }
}
