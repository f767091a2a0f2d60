package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.Grant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm grid token}: makes a token here; the nodes' tokens file gets only its hash. Asks no grid. */
@Command(name = "token", description = "Make a token, and the line for the nodes' tokens file that lets it in.")
final class GridTokenCommand implements Callable<Integer> {
    private static final int TOKEN_BYTES = 32;
    private static final List<String> GRANTS = Arrays.stream(Grant.values())
            .filter(grant -> grant != Grant.NODE)
            .map(Grant::key)
            .toList();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Whom the token stands for")
    private String name = "";

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "Whom the traffic is accounted to, default 'default'")
    private String tenant = "default";

    @Option(
            names = "--grants",
            split = ",",
            paramLabel = "GRANT",
            description = "read, write, tasks, admin; default read,write")
    private List<String> grants = List.of("read", "write");

    @Override
    public Integer call() {
        check("name", name, "[A-Za-z0-9][A-Za-z0-9._@-]{0,127}");
        check("tenant", tenant, "[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
        for (String grant : grants) {
            if (!GRANTS.contains(grant)) {
                throw GridException.invalid("unknown grant '" + grant + "' (known: " + String.join(", ", GRANTS) + ")");
            }
        }
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        String line = line(token);
        Output output = SwarmCommand.of(spec).output();
        if (output.json()) {
            Map<String, String> answer = new LinkedHashMap<>();
            answer.put("token", token);
            answer.put("tokens_file_line", line);
            output.document(answer);
            return ExitCode.OK;
        }
        output.line("token, shown this once:");
        output.line(token);
        output.line("");
        output.line("line for security.tokens-file:");
        output.line(line);
        return ExitCode.OK;
    }

    private String line(String token) {
        String words = grants.stream().distinct().collect(Collectors.joining(","));
        return name + " " + tenant + " " + words + " sha256:" + HexFormat.of().formatHex(sha256(token));
    }

    private static void check(String what, String value, String form) {
        if (!value.matches(form)) {
            throw GridException.invalid(
                    "bad " + what + ": '" + value + "' (letters, digits, '.', '_', '-', at most 128 of them)");
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
