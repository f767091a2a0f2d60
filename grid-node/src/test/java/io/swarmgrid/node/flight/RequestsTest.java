package io.swarmgrid.node.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.CheckpointBegin;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.Rename;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestsTest {
    private final Requests requests = new Requests(100);

    @Test
    void readsWhatIsThereAndLeavesTheRestNull() {
        assertThat(read("{\"path\":\"/a\",\"page_size\":3}", ListRequest.class))
                .isEqualTo(new ListRequest("/a", 3, null));
        assertThat(read("", Nothing.class)).isEqualTo(new Nothing());
        assertThat(read("{}", Nothing.class)).isEqualTo(new Nothing());
    }

    @Test
    void namesWhatIsMissing() {
        assertThatThrownBy(() -> read("{\"overwrite\":true}", Rename.class))
                .hasMessage("op: missing field 'from', 'to'");
        assertThatThrownBy(() -> read("{\"series\":\"/a\"}", CheckpointBegin.class))
                .hasMessage("op: missing field 'step'");
        assertThatThrownBy(() -> read("{\"path\":null}", ListRequest.class)).hasMessage("op: missing field 'path'");
    }

    @Test
    void namesWhatIsUnknownBeforeWhatIsMissing() {
        assertThatThrownBy(() -> read("{\"pth\":\"/a\"}", ListRequest.class))
                .hasMessageStartingWith("op: unknown field 'pth' (known: [");
    }

    @Test
    void refusesOtherJsonAndTooMuchOfIt() {
        assertThatThrownBy(() -> read("{\"path\":", ListRequest.class)).hasMessageStartingWith("JSON does not fit");
        assertThatThrownBy(() -> read("[1]", ListRequest.class)).hasMessage("op: expected a JSON object");
        assertThatThrownBy(() -> read("{\"path\":{}}", ListRequest.class)).hasMessageStartingWith("op: JSON does not");
        assertThatThrownBy(() -> read(" ".repeat(101), ListRequest.class))
                .hasMessage("op: JSON of 101 bytes, at most 100 are allowed (limits.request-size)");
    }

    @Test
    void pageTokensFitOneDirectoryAlone() {
        PageTokens tokens = new PageTokens(new byte[32]);
        GridPath directory = GridPath.parse("/a");
        String token = tokens.issue(directory, "größe");
        assertThat(tokens.open(directory, token)).isEqualTo("größe");
        assertThat(tokens.open(directory, null)).isNull();
        for (String bad : List.of("", "!", "AAAA", token.substring(1), token + "A")) {
            assertThatThrownBy(() -> tokens.open(directory, bad))
                    .hasMessage("bad page_token: it was not made by a listing of /a");
        }
        assertThatThrownBy(() -> tokens.open(GridPath.parse("/b"), token)).hasMessageContaining("bad page_token");
    }

    @Test
    void suggestsNearNames() {
        List<String> known = List.of("fs.stat", "fs.list", "fs.locate", "grid.status", "task.list");
        assertThat(NearNames.of("fs.lst", known)).startsWith("fs.list");
        assertThat(NearNames.of("grid.stats", known)).containsExactly("grid.status");
        assertThat(NearNames.of("nonsense", known)).isEmpty();
        assertThat(NearNames.distance("kitten", "sitting")).isEqualTo(3);
    }

    private <T extends Record> T read(String json, Class<T> type) {
        return requests.read(json.getBytes(StandardCharsets.UTF_8), type, "op");
    }
}
