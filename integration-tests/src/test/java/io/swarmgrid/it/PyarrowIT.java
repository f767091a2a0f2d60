package io.swarmgrid.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.node.local.LocalGrid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the pytest suite of {@code src/test/python} against a grid of three, and a grid of one that wants tokens: all of
 * docs/flight-api.md from plain pyarrow. Its own output is printed as it comes.
 */
class PyarrowIT {
    private static final Path SUITE = Path.of("src", "test", "python").toAbsolutePath();
    private static final String READ_TOKEN = "a-token-to-read-with";
    private static final String WRITE_TOKEN = "a-token-to-write-with";
    private static final String NO_PYTHON = """

            *******************************************************************************
            *  NOT RUN: the pyarrow suite. There is no python3 with venv on this machine. *
            *  apt-get install python3-venv  (Fedora: dnf install python3)                *
            *******************************************************************************
            """;

    @TempDir
    private Path directory;

    @Test
    void plainPyarrowCanDoAllOfTheFlightContract() throws Exception {
        PythonVenv venv = new PythonVenv("venv", SUITE.resolve("requirements.txt"));
        PythonVenv.Made made = venv.make();
        if (made == PythonVenv.Made.NO_PYTHON) {
            System.out.println(NO_PYTHON);
            assertThat(System.getenv("CI"))
                    .as("under CI=true the pyarrow suite has to run")
                    .isNotEqualTo("true");
            return;
        }
        assertThat(made).as("pip install; its output is above").isEqualTo(PythonVenv.Made.WHOLE);
        Map<String, String> quick = Map.of("repair.join-grace", "1s", "repair.interval", "2s");
        try (LocalGrid grid = LocalGrid.start(Files.createDirectory(directory.resolve("grid")), 3, quick);
                LocalGrid other = LocalGrid.start(Files.createDirectory(directory.resolve("other")), 1, guarded());
                FailingDoor failing = new FailingDoor()) {
            Map<String, String> environment = new TreeMap<>();
            environment.put("SWARM_TEST_GRID", String.join(",", grid.addresses()));
            environment.put("SWARM_TEST_OTHER", other.addresses().get(0));
            environment.put("SWARM_TEST_TOKEN_READ", READ_TOKEN);
            environment.put("SWARM_TEST_TOKEN_WRITE", WRITE_TOKEN);
            environment.put("SWARM_TEST_ERRORS", failing.address());
            environment.put("PYTHONDONTWRITEBYTECODE", "1");

            int exit = PythonVenv.run(environment, venv.python(), "-m", "pytest", "-v", SUITE.toString());

            assertThat(exit).as("exit status of pytest; its output is above").isZero();
        }
    }

    private Map<String, String> guarded() throws Exception {
        Path tokens = directory.resolve("tokens");
        Files.write(
                tokens,
                List.of(
                        "# name tenant grants hash",
                        "reader lab read " + hash(READ_TOKEN),
                        "writer lab read,write " + hash(WRITE_TOKEN)));
        return Map.of(
                "grid.name", "guarded", "security.tokens-file", tokens.toString(), "security.ticket-lifetime", "1s");
    }

    private static String hash(String token) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        return "sha256:" + HexFormat.of().formatHex(digest);
    }
}
