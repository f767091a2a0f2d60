package io.swarmgrid.node.auth;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.Grant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens that a node accepts, read from a file of lines {@code name tenant grants sha256:HEX}: the grants with commas
 * between them, HEX the SHA-256 of the token's UTF-8, so that the file holds nothing that opens a door. Empty lines and
 * lines that begin with {@code #} are passed over. A changed file is taken up within a second; one that cannot be used
 * leaves the tokens as they were. Thread-safe.
 */
public final class TokensFile {
    static final long CHECK_NANOS = 1_000_000_000L;
    private static final int MAX_FILE_BYTES = 4 << 20;
    private static final int HASH_BYTES = 32;
    private static final String HASH_PREFIX = "sha256:";
    private static final Logger log = LoggerFactory.getLogger(TokensFile.class);

    private final Path file;
    private final LongSupplier nanoTime;
    private volatile Tokens tokens;
    private volatile long checkedNanos;

    private TokensFile(Path file, LongSupplier nanoTime, Tokens tokens) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.tokens = tokens;
        this.checkedNanos = nanoTime.getAsLong();
    }

    /** @throws GridException INVALID_ARGUMENT that names the file and every line that is wrong */
    public static TokensFile open(Path file) {
        return open(file, System::nanoTime);
    }

    static TokensFile open(Path file, LongSupplier nanoTime) {
        return new TokensFile(file, nanoTime, load(file));
    }

    /** Whom a token belongs to. Takes the same time for every token of the same length that is not known. */
    public Optional<Caller> find(String token) {
        return match(token).map(Token::caller);
    }

    /** The same, but the token must be that of the given name. */
    public Optional<Caller> find(String name, String token) {
        return match(token).map(Token::caller).filter(caller -> caller.name().equals(name));
    }

    private Optional<Token> match(String token) {
        byte[] presented = Digests.sha256(token);
        Token found = null;
        for (Token each : current().list()) {
            if (MessageDigest.isEqual(each.hash(), presented)) {
                found = each;
            }
        }
        return Optional.ofNullable(found);
    }

    private Tokens current() {
        long now = nanoTime.getAsLong();
        if (now - checkedNanos >= CHECK_NANOS) {
            checkedNanos = now;
            reload();
        }
        return tokens;
    }

    private void reload() {
        try {
            if (!stamp(file).equals(tokens.stamp())) {
                Tokens next = load(file);
                tokens = next;
                log.info(
                        "took up the changed tokens: file={} tokens={}",
                        file,
                        next.list().size());
            }
        } catch (IOException | GridException e) {
            log.warn("kept the tokens as they were: file={} problem={}", file, e.getMessage());
        }
    }

    private static Tokens load(Path file) {
        try {
            Stamp stamp = stamp(file);
            if (stamp.sizeBytes() > MAX_FILE_BYTES) {
                throw refused(file, List.of(stamp.sizeBytes() + " bytes, at most " + MAX_FILE_BYTES + " are allowed"));
            }
            return new Tokens(stamp, parse(file, Files.readAllLines(file)));
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.INVALID_ARGUMENT,
                    "security.tokens-file: cannot read " + file + ": " + e,
                    null,
                    "make it with: swarm grid token",
                    e);
        }
    }

    private static List<Token> parse(Path file, List<String> lines) {
        List<Token> list = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                Token token = token(line);
                list.add(token);
                if (!names.add(token.caller().name())) {
                    problems.add(
                            "line " + (i + 1) + ": the name '" + token.caller().name() + "' comes twice");
                }
            } catch (IllegalArgumentException e) {
                problems.add("line " + (i + 1) + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw refused(file, problems);
        }
        return list;
    }

    private static Token token(String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length != 4) {
            throw new IllegalArgumentException(words.length + " words, expected: name tenant grants sha256:HEX");
        }
        if (!words[0].matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")
                || !words[1].matches("[A-Za-z0-9][A-Za-z0-9._-]{0,127}")) {
            throw new IllegalArgumentException("a name or tenant of other than letters, digits, . _ - @");
        }
        if (!words[3].startsWith(HASH_PREFIX)) {
            throw new IllegalArgumentException("the hash does not begin with " + HASH_PREFIX);
        }
        byte[] hash = HexFormat.of().parseHex(words[3].substring(HASH_PREFIX.length()));
        if (hash.length != HASH_BYTES) {
            throw new IllegalArgumentException("a hash of " + hash.length + " bytes, expected " + HASH_BYTES);
        }
        return new Token(new Caller(words[0], words[1], grants(words[2])), hash);
    }

    private static Set<Grant> grants(String list) {
        EnumSet<Grant> known = EnumSet.complementOf(EnumSet.of(Grant.NODE));
        EnumSet<Grant> granted = EnumSet.noneOf(Grant.class);
        for (String word : list.split(",", -1)) {
            granted.add(known.stream()
                    .filter(grant -> grant.key().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown grant '" + word + "' (known: "
                            + String.join(", ", known.stream().map(Grant::key).toList())
                            + ")")));
        }
        return granted;
    }

    private static GridException refused(Path file, List<String> problems) {
        return new GridException(
                ErrorCode.INVALID_ARGUMENT,
                "security.tokens-file: cannot use " + file + ": " + String.join("; ", problems));
    }

    private static Stamp stamp(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.lastModifiedTime(), attributes.size(), Optional.ofNullable(attributes.fileKey()));
    }

    private record Stamp(FileTime modified, long sizeBytes, Optional<Object> fileKey) {}

    private record Tokens(Stamp stamp, List<Token> list) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared by the record's equals
    private record Token(Caller caller, byte[] hash) {}
}
