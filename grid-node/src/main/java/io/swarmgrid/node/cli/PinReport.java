package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.client.wire.NearRoom;
import io.swarmgrid.client.wire.PolicyAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is pinned below a path: each entry whose pin is not that of the directory above it, with all that has its pin from there. What is
 * kept of it in memory is one line for each. Confined to one thread.
 */
final class PinReport {
    private final Namespace namespace;
    private final Map<String, Pin> pins = new LinkedHashMap<>();

    PinReport(Namespace namespace) {
        this.namespace = namespace;
    }

    /** One line. */
    private static final class Pin {
        private final String tier;
        private final int copies;
        private long files;
        private long wantedBytes;
        private long thereBytes;
        private long openFiles;
        private long unpinnedFiles;

        /** @param text as the attribute has it */
        Pin(String text) {
            int colon = text.indexOf(':');
            this.tier = text.substring(0, colon);
            this.copies = Integer.parseInt(text.substring(colon + 1));
        }

        long missingBytes() {
            return wantedBytes - thereBytes;
        }
    }

    PinReport below(String path) {
        FileStatus entry = namespace.status(path);
        look(entry, null, null);
        return this;
    }

    long wantedBytes() {
        return pins.values().stream().mapToLong(pin -> pin.wantedBytes).sum();
    }

    long thereBytes() {
        return pins.values().stream().mapToLong(pin -> pin.thereBytes).sum();
    }

    void show(Output output) {
        NearRoom room = namespace.nearRoom();
        Table table = new Table("PATH", "TIER", ">COPIES", ">FILES", ">WANTED", ">THERE", ">MISSING", "WHY");
        pins.forEach((path, pin) -> {
            String why = why(pin, room);
            if (output.json()) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("path", path);
                line.put("tier", pin.tier);
                line.put("copies", pin.copies);
                line.put("files", pin.files);
                line.put("wanted_bytes", pin.wantedBytes);
                line.put("there_bytes", pin.thereBytes);
                line.put("missing_bytes", pin.missingBytes());
                line.put("why", why);
                output.document(line);
            } else {
                table.row(
                        path,
                        pin.tier,
                        String.valueOf(pin.copies),
                        Units.count(pin.files),
                        Units.bytes(pin.wantedBytes),
                        Units.bytes(pin.thereBytes),
                        Units.bytes(pin.missingBytes()),
                        why);
            }
        });
        if (!output.json() && !table.isEmpty()) {
            table.print(output.out());
        }
    }

    private void look(FileStatus entry, @Nullable String above, @Nullable Pin aboves) {
        if (Namespace.isMount(entry)) {
            return;
        }
        String text = entry.attribute(PolicyAttributes.PIN);
        Pin pin = text == null
                ? null
                : Objects.equals(text, above) ? aboves : pins.computeIfAbsent(entry.path(), path -> new Pin(text));
        if (entry.kind() != EntryKind.FILE) {
            namespace.list(entry.path(), child -> look(child, text, pin));
        } else if (pin != null) {
            count(entry, pin);
        } else if (aboves != null) {
            aboves.unpinnedFiles++;
        }
    }

    private void count(FileStatus file, Pin pin) {
        pin.files++;
        if ("open".equals(file.state())) {
            pin.openFiles++;
            return;
        }
        for (BlockLocation block : namespace.locate(file.path())) {
            long near = block.holders().stream()
                    .filter(holder -> holder.live() && pin.tier.equals(holder.near()))
                    .map(Holder::node)
                    .distinct()
                    .count();
            pin.wantedBytes += pin.copies * block.sizeBytes();
            pin.thereBytes += Math.min(pin.copies, near) * block.sizeBytes();
        }
    }

    private static String why(Pin pin, NearRoom room) {
        StringBuilder why = new StringBuilder();
        long left = room.rooms().stream()
                .filter(each -> each.tier().equals(pin.tier))
                .mapToLong(NearRoom.Room::leftBytes)
                .sum();
        if (pin.missingBytes() > left) {
            String nodes = room.rooms().stream()
                    .filter(each -> each.tier().equals(pin.tier))
                    .map(each -> each.node() + " " + Units.bytes(each.leftBytes()))
                    .collect(Collectors.joining(", "));
            why.append(pin.tier)
                    .append(" tiers can keep ")
                    .append(Units.bytes(left))
                    .append(" more")
                    .append(nodes.isEmpty() ? "" : ": " + nodes);
        } else if (pin.missingBytes() > 0) {
            why.append("being made, or waiting for a node or for blocks to make room");
        }
        add(why, pin.openFiles, " being written");
        add(why, pin.unpinnedFiles, " made since without it: pin again");
        return why.toString();
    }

    private static void add(StringBuilder why, long files, String what) {
        if (files > 0) {
            why.append(why.isEmpty() ? "" : "; ").append(Units.count(files)).append(files == 1 ? " file" : " files");
            why.append(what);
        }
    }
}
