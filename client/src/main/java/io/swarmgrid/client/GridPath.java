package io.swarmgrid.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An absolute, normalized path of the namespace: {@code /} or {@code /a/b}. Names are 1 to 255 bytes of UTF-8 without
 * {@code /}, NUL, {@code .} and {@code ..}; a path has at most {@value #MAX_DEPTH} names.
 */
public record GridPath(List<String> names) implements Comparable<GridPath> {
    public static final GridPath ROOT = new GridPath(List.of());
    public static final int MAX_NAME_BYTES = 255;
    public static final int MAX_DEPTH = 128;

    public GridPath {
        names = List.copyOf(names);
        if (names.size() > MAX_DEPTH) {
            throw GridException.invalid("bad path: " + names.size() + " names, at most " + MAX_DEPTH + " are allowed");
        }
        for (String name : names) {
            checkName(name);
        }
    }

    /**
     * Parses what a user typed; a missing leading slash, repeated slashes and one trailing slash are forgiven, nothing
     * else is.
     *
     * @throws GridException INVALID_ARGUMENT that names the offending part
     */
    public static GridPath parse(String text) {
        if (text.isEmpty()) {
            throw GridException.invalid("bad path: empty (the root is /)");
        }
        List<String> names = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '/') {
                if (i > start) {
                    names.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
        return new GridPath(names);
    }

    /** The path whose names are {@code parts}, each of which may itself hold slashes (a Flight path descriptor). */
    public static GridPath of(List<String> parts) {
        return parse("/" + String.join("/", parts));
    }

    public boolean isRoot() {
        return names.isEmpty();
    }

    /** The last name; the empty string for the root. */
    public String name() {
        return names.isEmpty() ? "" : names.get(names.size() - 1);
    }

    /** The containing directory; null for the root. */
    public @Nullable GridPath parent() {
        return names.isEmpty() ? null : new GridPath(names.subList(0, names.size() - 1));
    }

    public GridPath child(String name) {
        List<String> longer = new ArrayList<>(names);
        longer.add(name);
        return new GridPath(longer);
    }

    /** Whether this is {@code ancestor} or lies below it. */
    public boolean startsWith(GridPath ancestor) {
        return names.size() >= ancestor.names.size()
                && names.subList(0, ancestor.names.size()).equals(ancestor.names);
    }

    @Override
    public int compareTo(GridPath other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return "/" + String.join("/", names);
    }

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw GridException.invalid("bad path: a name is empty");
        }
        if (name.equals(".") || name.equals("..")) {
            throw GridException.invalid("bad path: '" + name + "' is not a name here; give the path without it");
        }
        if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            throw GridException.invalid("bad path: a name holds '/' or NUL");
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw GridException.invalid("bad path: a name of " + bytes + " bytes, at most " + MAX_NAME_BYTES
                    + " are allowed: " + name.substring(0, 32) + "...");
        }
    }
}
