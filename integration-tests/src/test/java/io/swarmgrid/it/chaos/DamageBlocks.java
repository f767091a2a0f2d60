package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.NodeProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Damages sealed blocks on the disk of one node; every one of them has a copy on another node, too. */
final class DamageBlocks implements Fault {
    /** How a file is damaged. */
    enum Way {
        FLIP_A_BIT,
        TRUNCATE,
        REMOVE,
        REPLACE_BY_A_DIRECTORY
    }

    private static final int AT_ONCE = 4;

    private final Way way;

    DamageBlocks(Way way) {
        this.way = way;
    }

    @Override
    public String name() {
        return "DamageBlocks " + way;
    }

    @Override
    public void strike(Arena arena, Random random) throws Exception {
        NodeProcess victim = arena.anyNode(random);
        List<Path> blocks = new ArrayList<>(arena.blockFiles(victim));
        Collections.sort(blocks);
        Collections.shuffle(blocks, random);
        int damaged = 0;
        for (Path block : blocks) {
            if (damaged < AT_ONCE && Arena.isSealed(block) && hasCopyElsewhere(arena, victim, block)) {
                damage(block, random);
                damaged++;
            }
        }
        arena.awaitMended(name());
    }

    private static boolean hasCopyElsewhere(Arena arena, NodeProcess victim, Path block) {
        Path below = arena.blocks(victim).relativize(block);
        return arena.nodes().stream()
                .filter(node -> !node.equals(victim))
                .map(node -> arena.blocks(node).resolve(below))
                .anyMatch(copy -> Files.exists(copy) && Arena.isSealed(copy));
    }

    private void damage(Path block, Random random) throws IOException {
        try {
            switch (way) {
                case REMOVE -> Files.deleteIfExists(block);
                case REPLACE_BY_A_DIRECTORY -> {
                    if (Files.deleteIfExists(block)) {
                        Files.createDirectory(block);
                    }
                }
                case FLIP_A_BIT, TRUNCATE -> change(block, random);
            }
        } catch (NoSuchFileException e) {
            // Its file was removed meanwhile.
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
