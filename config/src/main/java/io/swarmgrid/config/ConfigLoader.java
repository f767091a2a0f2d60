package io.swarmgrid.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads a configuration: the defaults, over them a YAML file, over it {@code SWARM_*} variables of the environment, over
 * them the command line. Unknown keys and values that do not fit are refused, all of them in one
 * {@link ConfigException}. Safe for use by several threads.
 *
 * <p>A variable's name is its key in upper case, with {@code _} for {@code .} and {@code -}:
 * {@code SWARM_STORAGE_BLOCK_SIZE} is {@code storage.block-size}. Lists have commas between, or are YAML in brackets.
 */
public final class ConfigLoader {
    /** Variables that speak to the launcher and the command line, not to a node. */
    private static final Set<String> NOT_OURS = Set.of(
            "SWARM_GRID",
            "SWARM_HOME",
            "SWARM_JAVA_OPTS",
            "SWARM_CONFIG",
            "SWARM_TOKEN",
            "SWARM_TOKEN_FILE",
            "SWARM_CA",
            "SWARM_TLS_CA",
            "SWARM_QOS",
            "SWARM_DEBUG",
            "SWARM_LOG",
            "SWARM_STDERR_TTY",
            "SWARM_PYTHON",
            "SWARM_ARCHIVE");

    private final Keys keys = Keys.of(SwarmConfig.class);
    private final YAMLMapper yaml = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private final Map<String, String> environment;

    /** {@code environment} is the process's, {@code System.getenv()}; only {@code SWARM_*} is looked at. */
    public ConfigLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /**
     * The configuration of a node. {@code overrides} are from the command line: dotted key to text. Nothing is checked
     * that needs more than the text: whether the directories and certificates exist shows when they are used.
     */
    public SwarmConfig load(Optional<Path> file, Map<String, String> overrides) {
        return load(SwarmConfig.defaults(), file, overrides);
    }

    SwarmConfig load(SwarmConfig base, Optional<Path> file, Map<String, String> overrides) {
        ObjectNode tree = file.map(this::read).orElseGet(JsonNodeFactory.instance::objectNode);
        String source = file.map(path -> "configuration " + path).orElse("configuration");
        return bind(base, tree, source, overrides);
    }

    /** As {@link #load(Optional, Map)}, with the file's text at hand. */
    public SwarmConfig parse(String text, Map<String, String> overrides) {
        return bind(SwarmConfig.defaults(), tree(text, "configuration"), "configuration", overrides);
    }

    private SwarmConfig bind(SwarmConfig base, ObjectNode tree, String source, Map<String, String> overrides) {
        List<String> problems = new ArrayList<>();
        Map<String, String> origins = new HashMap<>();
        new TreeMap<>(environment).forEach((variable, text) -> {
            if (variable.startsWith("SWARM_") && !NOT_OURS.contains(variable)) {
                Optional<String> key = keys.ofVariable(variable);
                key.ifPresentOrElse(
                        known -> {
                            origins.put(known, variable);
                            override(tree, known, text, problems);
                        },
                        () -> problems.add(
                                variable + ": unknown variable, did you mean " + keys.nearestVariable(variable) + "?"));
            }
        });
        new TreeMap<>(overrides).forEach((key, text) -> {
            origins.put(key, "command line");
            override(tree, key, text, problems);
        });
        Binder binder = new Binder(keys);
        SwarmConfig config = binder.bind(SwarmConfig.class, base, tree, "");
        binder.problems().forEach(line -> problems.add(withOrigin(line, origins)));
        if (config == null || !problems.isEmpty()) {
            throw new ConfigException("cannot use " + source + ":", problems);
        }
        return config;
    }

    private static String withOrigin(String line, Map<String, String> origins) {
        String key = line.substring(0, line.indexOf(':')).replaceAll("\\[.*", "");
        String origin = origins.get(key);
        return origin == null ? line : key + " (" + origin + ")" + line.substring(key.length());
    }

    private void override(ObjectNode tree, String key, String text, Collection<String> problems) {
        List<String> parts = Arrays.asList(key.split("\\.", -1));
        ObjectNode section = tree;
        for (String part : parts.subList(0, parts.size() - 1)) {
            // A section that the file has as a plain value ("none") gives way to the keys below it.
            section = section.get(part) instanceof ObjectNode inner ? inner : section.putObject(part);
        }
        JsonNode value = TextNode.valueOf(text);
        if (text.strip().startsWith("[") && !isAddress(text)) {
            try {
                value = yaml.readTree(text);
            } catch (JsonProcessingException e) {
                problems.add(key + ": " + e.getOriginalMessage());
                return;
            }
        }
        section.set(parts.get(parts.size() - 1), value);
    }

    /** An IPv6 address is in brackets too, as a list is. */
    private static boolean isAddress(String text) {
        return text.strip().matches("\\[[^\\]\\s,]+]:\\d+(\\s*,.*)?");
    }

    private ObjectNode read(Path file) {
        try {
            return tree(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new ConfigException("cannot read configuration: no file " + file, e);
        } catch (IOException e) {
            throw new ConfigException("cannot read configuration " + file + ": " + e, e);
        }
    }

    private ObjectNode tree(String text, String source) {
        try {
            JsonNode node = yaml.readTree(text);
            if (node == null || node.isMissingNode() || node.isNull()) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (node instanceof ObjectNode object) {
                dropEmptySections(object);
                return object;
            }
            throw new ConfigException("cannot read " + source + ": expected keys, found " + node, List.of());
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new ConfigException("cannot read " + source + place + ": " + e.getOriginalMessage(), e);
        }
    }

    /** A section whose keys are all commented out is null in YAML; it means nothing, not an error. */
    private static void dropEmptySections(ObjectNode root) {
        for (Iterator<JsonNode> each = root.elements(); each.hasNext(); ) {
            if (each.next().isNull()) {
                each.remove();
            }
        }
    }
}
