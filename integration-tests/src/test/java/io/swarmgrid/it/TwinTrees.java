package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The same operations on two directories, in an order that a seed decides: whatever one answers the other must answer, too, an
 * error by its kind. Files stay open over other operations, also after they were removed, renamed or replaced.
 */
final class TwinTrees implements AutoCloseable {
    private static final int NAMES = 6;
    private static final int DIRECTORIES = 3;
    private static final int MOST_OPEN = 4;
    private static final int LONGEST = 300_000;
    private static final int LARGEST_WRITE = 70_000;

    private final Path left;
    private final Path right;
    private final int names;
    private final int directories;
    private final Random random;
    private final List<Twin> open = new ArrayList<>();

    private record Twin(String name, FileChannel left, FileChannel right) {}

    /** One operation in one of the directories; what it returns is compared. */
    @FunctionalInterface
    private interface Act {
        Object in(Path root) throws IOException;
    }

    /** The same on an open file. */
    @FunctionalInterface
    private interface FileAct {
        Object on(FileChannel file) throws IOException;
    }

    TwinTrees(Path left, Path right, long seed) {
        this(left, right, seed, NAMES, DIRECTORIES);
    }

    private TwinTrees(Path left, Path right, long seed, int names, int directories) {
        this.left = left;
        this.right = right;
        this.names = names;
        this.directories = directories;
        this.random = new Random(seed);
    }

    /** With so few names that most of what is open is one of two files, by several descriptors, or was one. */
    static TwinTrees crowded(Path left, Path right, long seed) {
        return new TwinTrees(left, right, seed, 2, 0);
    }

    /** @return what was done, for the message of a failure */
    String step() throws IOException {
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> openOne();
            case 3, 4, 5, 6 -> writeOpen();
            case 7, 8 -> readOpen();
            case 9 -> truncateOpen();
            case 10, 11 -> closeOne();
            case 12 -> writeWhole();
            case 13 -> readWhole();
            case 14 -> rename();
            case 15 -> remove();
            case 16 -> makeDirectory();
            case 17 -> list();
            case 18 -> setTime();
            default -> setPermission();
        };
    }

    /** In the root, or in one of the directories. */
    private String anyName() {
        int directory = random.nextInt(directories + 1);
        return directory == 0 ? file() : "d" + directory + "/" + file();
    }

    private String file() {
        return "f" + random.nextInt(names);
    }

    private String anyEntry() {
        return directories > 0 && random.nextInt(4) == 0 ? "d" + (1 + random.nextInt(3)) : anyName();
    }

    private byte[] bytes(int most) {
        byte[] bytes = new byte[random.nextInt(most)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String openOne() {
        String name = anyName();
        if (open.size() == MOST_OPEN) {
            return "has enough open";
        }
        Set<OpenOption> options = new TreeSet<>(Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
        options.addAll(
                switch (random.nextInt(4)) {
                    case 0 -> Set.of(StandardOpenOption.CREATE_NEW);
                    case 1 -> Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
                    case 2 -> Set.of(StandardOpenOption.CREATE);
                    default -> Set.<StandardOpenOption>of();
                });
        String what = "open " + name + " " + options;
        FileChannel[] both = new FileChannel[2];
        Object here = answer(root -> both[0] = FileChannel.open(root.resolve(name), options), left);
        Object there = answer(root -> both[1] = FileChannel.open(root.resolve(name), options), right);
        if (both[0] != null && both[1] != null) {
            open.add(new Twin(name, both[0], both[1]));
            return what;
        }
        assertThat(here).as(what).isEqualTo(there);
        return what;
    }

    private String writeOpen() throws IOException {
        Twin twin = anyOpen();
        if (twin == null) {
            return "has none open";
        }
        byte[] bytes = bytes(LARGEST_WRITE);
        long length = twin.right.size();
        // Half of it at the end, as most programs write.
        long at = random.nextBoolean() ? length : random.nextInt((int) Math.min(LONGEST, length + 1000));
        return onBoth(twin, "write " + bytes.length + " at " + at + " of " + length + " of " + twin.name, file -> {
            ByteBuffer source = ByteBuffer.wrap(bytes);
            int count = 0;
            while (source.hasRemaining()) {
                count += file.write(source, at + count);
            }
            return count;
        });
    }

    private String readOpen() throws IOException {
        Twin twin = anyOpen();
        if (twin == null) {
            return "has none open";
        }
        long at = random.nextInt((int) twin.right.size() + 1000);
        int length = random.nextInt(LARGEST_WRITE);
        return onBoth(twin, "read " + length + " at " + at + " of " + twin.name, file -> read(file, at, length));
    }

    private static List<Object> read(FileChannel file, long at, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        int count = 0;
        while (target.hasRemaining() && count >= 0) {
            count = file.read(target, at + target.position());
        }
        return List.of(file.size(), target.flip());
    }

    private String truncateOpen() throws IOException {
        Twin twin = anyOpen();
        if (twin == null) {
            return "has none open";
        }
        long to = random.nextInt((int) twin.right.size() + 1);
        return onBoth(twin, "truncate " + twin.name + " to " + to, file -> file.truncate(to)
                .size());
    }

    private String closeOne() throws IOException {
        Twin twin = anyOpen();
        if (twin == null) {
            return "has none open";
        }
        open.remove(twin);
        boolean synced = random.nextInt(3) == 0;
        return onBoth(twin, (synced ? "sync and close " : "close ") + twin.name, file -> {
            if (synced) {
                file.force(true);
            }
            long size = file.size();
            file.close();
            return size;
        });
    }

    private @Nullable Twin anyOpen() {
        return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    }

    private String writeWhole() {
        String name = anyName();
        byte[] bytes = bytes(LONGEST);
        return onBoth("put " + bytes.length + " bytes into " + name, root -> Files.write(root.resolve(name), bytes)
                .getFileName());
    }

    private String readWhole() {
        String name = anyName();
        return onBoth("read " + name, root -> ByteBuffer.wrap(Files.readAllBytes(root.resolve(name))));
    }

    private String rename() {
        String from = anyEntry();
        String to = anyEntry();
        CopyOption[] options = {StandardCopyOption.ATOMIC_MOVE};
        return onBoth("rename " + from + " to " + to, root -> Files.move(root.resolve(from), root.resolve(to), options)
                .getFileName());
    }

    private String remove() {
        String name = anyEntry();
        return onBoth("remove " + name, root -> {
            Files.delete(root.resolve(name));
            return name;
        });
    }

    private String makeDirectory() {
        String name = "d" + (1 + random.nextInt(3));
        return onBoth("mkdir " + name, root -> Files.createDirectory(root.resolve(name))
                .getFileName());
    }

    private String list() {
        return onBoth("list", root -> {
            try (Stream<Path> all = Files.walk(root)) {
                return all.map(path -> root.relativize(path).toString())
                        .sorted()
                        .toList();
            }
        });
    }

    private String setTime() {
        String name = anyName();
        FileTime time = FileTime.fromMillis(random.nextLong(2_000_000_000_000L));
        return onBoth("set the time of " + name, root -> {
            Files.setLastModifiedTime(root.resolve(name), time);
            return Files.getLastModifiedTime(root.resolve(name)).toMillis();
        });
    }

    private String setPermission() {
        String name = anyName();
        String text = List.of("rw-r--r--", "rwxr-x---", "rw-------").get(random.nextInt(3));
        return onBoth("chmod " + text + " " + name, root -> {
            Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString(text));
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(name)));
        });
    }

    private String onBoth(String what, Act act) {
        Object there = answer(act, right);
        assertThat(answer(act, left)).as(what).isEqualTo(there);
        return what + ": " + (there instanceof String error && error.startsWith("!") ? error : "done");
    }

    private static String onBoth(Twin twin, String what, FileAct act) throws IOException {
        Object there = act.on(twin.right);
        assertThat(act.on(twin.left)).as(what).isEqualTo(there);
        return what;
    }

    private static Object answer(Act act, Path root) {
        try {
            return act.in(root);
        } catch (FileSystemException e) {
            return "!" + e.getClass().getSimpleName() + " " + (e.getReason() == null ? "" : e.getReason());
        } catch (IOException e) {
            return "!" + e.getMessage();
        }
    }

    /** Every entry of a directory with its content, permission and kind. */
    static Map<String, Object> survey(Path root) throws IOException {
        Map<String, Object> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                String permission = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                Object content = Files.isDirectory(path) ? "directory" : ByteBuffer.wrap(Files.readAllBytes(path));
                found.put(root.relativize(path) + " " + permission, content);
            }
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        for (Twin twin : open) {
            twin.left.close();
            twin.right.close();
        }
        open.clear();
    }
}
