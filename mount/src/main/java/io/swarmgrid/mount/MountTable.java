package io.swarmgrid.mount;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The grids that are mounted on this machine, as the kernel lists them. */
public final class MountTable {
    static final String SUBTYPE = "swarm";
    private static final String TYPE = "fuse." + SUBTYPE;
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final long COMMAND_SECONDS = 60;

    private MountTable() {}

    /**
     * One of them.
     *
     * @param source where it comes from: {@code swarm://HOST:PORT/PATH#PID}
     * @param pid of the process that serves it
     * @param device major and minor number
     */
    public record Mounted(Path directory, String source, long pid, String device) {}

    /** What the mount's source is called; {@code df} shows it. */
    static String source(String address, String path) {
        return "swarm://" + address + path + "#" + ProcessHandle.current().pid();
    }

    /** The grid that is mounted at a directory. */
    public static Optional<Mounted> at(Path directory) throws IOException {
        Mounted last = null;
        for (String line : Files.readAllLines(TABLE, StandardCharsets.UTF_8)) {
            Mounted mounted = parse(line);
            if (mounted != null && mounted.directory().equals(directory)) {
                last = mounted; // the one on top
            }
        }
        return Optional.ofNullable(last);
    }

    /** Lines of proc(5): {@code 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue}. */
    static @Nullable Mounted parse(String line) {
        List<String> fields = List.of(line.split(" "));
        int separator = fields.indexOf("-");
        if (separator < 6
                || fields.size() < separator + 3
                || !fields.get(separator + 1).equals(TYPE)) {
            return null;
        }
        String source = unescaped(fields.get(separator + 2));
        int hash = source.lastIndexOf('#');
        String pid = source.substring(hash + 1);
        if (hash < 0 || !pid.matches("\\d{1,18}")) {
            return null;
        }
        return new Mounted(Path.of(unescaped(fields.get(4))), source, Long.parseLong(pid), fields.get(2));
    }

    /** Blanks and the like are written as three octal digits. */
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    /**
     * Unmounts a directory.
     *
     * @throws GridException PRECONDITION_FAILED where it is in use
     */
    public static void unmount(Path directory, UnmountMode mode) throws IOException, InterruptedException {
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        List<String> command = new ArrayList<>(root ? List.of("umount") : List.of("fusermount3", "-u"));
        if (mode == UnmountMode.EVEN_IF_IN_USE) {
            command.add(root ? "-l" : "-z");
        }
        command.add(directory.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new GridException(ErrorCode.TIMEOUT, command + " does not end");
        }
        if (process.exitValue() != 0) {
            boolean busy = said.contains("busy");
            throw new GridException(
                    busy ? ErrorCode.PRECONDITION_FAILED : ErrorCode.PERMISSION_DENIED,
                    "cannot unmount " + directory + ": " + said,
                    null,
                    busy ? "fuser -vm " + directory + " shows who uses it; --lazy waits for them" : null,
                    null);
        }
    }
}
