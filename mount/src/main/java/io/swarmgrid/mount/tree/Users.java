package io.swarmgrid.mount.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names of users and groups, which the grid keeps, and the numbers that the kernel has for them: those of this machine's files.
 * A number without a name is kept as it is; a name without a number is shown as whoever made the mount. Immutable.
 */
public final class Users {
    private final Names users;
    private final Names groups;

    private record Names(Map<String, Integer> numbers, Map<Integer, String> names, int otherwise) {
        int number(@Nullable String name) {
            if (name == null) {
                return otherwise;
            }
            Integer number = numbers.get(name);
            if (number != null) {
                return number;
            }
            boolean digits =
                    !name.isEmpty() && name.length() < 10 && name.chars().allMatch(Character::isDigit);
            return digits ? Integer.parseInt(name) : otherwise;
        }

        String name(int number) {
            String name = names.get(number);
            return name == null ? Integer.toUnsignedString(number) : name;
        }
    }

    private Users(Names users, Names groups) {
        this.users = users;
        this.groups = groups;
    }

    /** Of this machine, as they are now, and with this process as whoever made the mount. */
    public static Users here() throws IOException {
        Path self = Path.of("/proc/self");
        return new Users(
                read(Path.of("/etc/passwd"), (Integer) Files.getAttribute(self, "unix:uid")),
                read(Path.of("/etc/group"), (Integer) Files.getAttribute(self, "unix:gid")));
    }

    /** Lines of {@code name:password:number:...}. */
    static Users of(List<String> passwd, List<String> group, int uid, int gid) {
        return new Users(parse(passwd, uid), parse(group, gid));
    }

    private static Names read(Path file, int otherwise) throws IOException {
        return parse(Files.exists(file) ? Files.readAllLines(file) : List.of(), otherwise);
    }

    private static Names parse(List<String> lines, int otherwise) {
        Map<String, Integer> numbers = new HashMap<>();
        Map<Integer, String> names = new HashMap<>();
        for (String line : lines) {
            String[] fields = line.split(":", 4);
            if (fields.length > 2 && fields[2].matches("\\d{1,9}")) {
                int number = Integer.parseInt(fields[2]);
                numbers.putIfAbsent(fields[0], number);
                names.putIfAbsent(number, fields[0]);
            }
        }
        return new Names(Map.copyOf(numbers), Map.copyOf(names), otherwise);
    }

    public int uid(@Nullable String owner) {
        return users.number(owner);
    }

    public int gid(@Nullable String group) {
        return groups.number(group);
    }

    public String user(int uid) {
        return users.name(uid);
    }

    public String group(int gid) {
        return groups.name(gid);
    }

    /** Whoever made the mount. */
    public int ownUid() {
        return users.otherwise();
    }

    public int ownGid() {
        return groups.otherwise();
    }
}
