package io.swarmgrid.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** reference.yaml tells the truth: it is the defaults, and it is all the keys. */
final class ReferenceTest {
    private final String text = text();

    @Test
    void saysExactlyTheDefaults() {
        assertThat(new ConfigLoader(Map.of()).parse(text, Map.of())).isEqualTo(SwarmConfig.defaults());
    }

    @Test
    void namesEveryKey() throws IOException {
        JsonNode tree = new YAMLMapper().readTree(text);
        List<String> keys = Keys.of(SwarmConfig.class).leaves();
        assertThat(keys).hasSizeGreaterThan(55);
        for (String key : keys) {
            for (String concrete : concrete(key)) {
                assertThat(tree.at("/" + concrete.replace('.', '/')).isMissingNode())
                        .as("%s is missing in reference.yaml", concrete)
                        .isFalse();
            }
        }
    }

    @Test
    void explainsEveryKeyInTheLineAboveIt() {
        List<String> lines = text.lines().toList();
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).matches(" +[a-z-]+: \\S.*") && !lines.get(i).contains("{")) {
                assertThat(lines.get(i - 1)).as("above: %s", lines.get(i)).matches(" +(# .*|.*;|an empty list .*)");
            }
        }
    }

    private static List<String> concrete(String key) {
        return key.contains("*")
                ? QosConfig.defaults().classes().keySet().stream()
                        .map(name -> key.replace("*", name))
                        .toList()
                : List.of(key);
    }

    private static String text() {
        try (InputStream stream =
                Objects.requireNonNull(SwarmConfig.class.getResourceAsStream("reference.yaml"), "reference.yaml")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
