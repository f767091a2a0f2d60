package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.FileStatus;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.XAttrCodec;
import org.apache.hadoop.fs.XAttrSetFlag;
import org.jspecify.annotations.Nullable;

/**
 * Extended attributes, kept as attributes of the entry under their whole name ({@code user.colour}); the grid's are texts, so
 * a value is kept as Hadoop writes bytes in text: base64 behind {@code 0s}. The grid's own attributes have no prefix and do
 * not show here.
 */
final class XAttributes {
    private static final List<String> NAMESPACES = List.of("user.", "trusted.", "security.", "system.", "raw.");

    private final Grid grid;

    XAttributes(Grid grid) {
        this.grid = grid;
    }

    void set(Path path, String name, byte @Nullable [] value, EnumSet<XAttrSetFlag> flags) throws IOException {
        requireName(name);
        boolean exists = of(path).containsKey(name);
        XAttrSetFlag.validate(name, exists, flags);
        String text = XAttrCodec.encodeValue(value == null ? new byte[0] : value, XAttrCodec.BASE64);
        change(path, name, text);
    }

    byte[] one(Path path, String name) throws IOException {
        requireName(name);
        byte[] value = of(path).get(name);
        if (value == null) {
            throw new IOException("no such attribute: " + name + " of " + path);
        }
        return value;
    }

    Map<String, byte[]> of(Path path) throws IOException {
        FileStatus entry = Errors.at(path, () -> grid.stat(path.toUri().getPath()));
        Map<String, byte[]> found = new TreeMap<>();
        Map<String, String> attributes = entry.attributes() == null ? Map.of() : entry.attributes();
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            if (isOne(attribute.getKey())) {
                found.put(attribute.getKey(), XAttrCodec.decodeValue(attribute.getValue()));
            }
        }
        return found;
    }

    void remove(Path path, String name) throws IOException {
        one(path, name);
        change(path, name, null);
    }

    private void change(Path path, String name, @Nullable String value) throws IOException {
        Errors.at(path, () -> grid.setAttribute(path.toUri().getPath(), name, value));
    }

    private static boolean isOne(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return NAMESPACES.stream().anyMatch(lower::startsWith);
    }

    private static void requireName(String name) throws IOException {
        if (!isOne(name)) {
            throw new IOException(
                    "bad attribute name: " + name + ", expected one that begins with one of " + NAMESPACES);
        }
    }
}
