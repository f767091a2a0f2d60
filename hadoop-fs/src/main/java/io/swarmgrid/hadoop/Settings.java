package io.swarmgrid.hadoop;

import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.net.Hosts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.StringUtils;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says about a grid: {@code fs.swarm.GRID.KEY} where it is set, {@code fs.swarm.KEY} otherwise. GRID is
 * the authority of the URI.
 *
 * @param addresses of nodes, those of this host first
 * @param replicas reported for files, and asked for where the caller asks for another number
 * @param durability of what is written; null for the path's policy
 * @param blockSizeBytes reported for files; the grid cuts them as it is configured
 * @param checksums whether files have one that tools may compare
 */
record Settings(
        List<String> addresses,
        ClientOptions client,
        short replicas,
        @Nullable String durability,
        long blockSizeBytes,
        boolean checksums) {
    private static final String PREFIX = "fs.swarm.";
    private static final short DEFAULT_REPLICAS = 2;
    private static final long DEFAULT_BLOCK_SIZE_BYTES = 64 << 20;

    Settings {
        addresses = List.copyOf(addresses);
    }

    /** @throws IOException that names the key which is missing or wrong */
    static Settings of(URI uri, Configuration configuration) throws IOException {
        Keys keys = new Keys(uri.getAuthority() == null ? "" : uri.getAuthority(), configuration);
        ClientOptions options = ClientOptions.DEFAULT;
        Duration timeout = keys.duration("timeout", options.timeout());
        Duration connect = keys.duration("connect-timeout", options.connectTimeout());
        String token = token(keys);
        String authority = keys.text("tls-ca");
        String qos = keys.text("qos");
        options = options.withTimeout(timeout)
                .withConnectTimeout(connect)
                .withRetries(configuration.getInt(keys.key("retries"), options.retries()))
                .withTrustedCertificates(authority == null ? null : Path.of(authority))
                .withToken(token == null ? null : () -> token)
                .withQos(qos == null ? null : new QosClass(qos));
        return new Settings(
                addresses(uri, keys),
                options,
                (short) configuration.getInt(keys.key("replicas"), DEFAULT_REPLICAS),
                keys.text("durability"),
                configuration.getLongBytes(keys.key("block-size"), DEFAULT_BLOCK_SIZE_BYTES),
                checksums(keys));
    }

    private static boolean checksums(Keys keys) throws IOException {
        String kind = keys.text("checksum");
        if (kind == null || kind.equals("crc32c")) {
            return true;
        }
        if (kind.equals("none")) {
            return false;
        }
        throw new IOException("bad " + keys.key("checksum") + ": " + kind + " (known: crc32c, none)");
    }

    private record Keys(String grid, Configuration configuration) {
        /** The key that is set: the grid's own, or everybody's. */
        String key(String name) {
            String own = PREFIX + grid + "." + name;
            return !grid.isEmpty() && configuration.get(own) != null ? own : PREFIX + name;
        }

        @Nullable
        String text(String name) {
            String value = configuration.getTrimmed(key(name));
            return value == null || value.isEmpty() ? null : value;
        }

        Duration duration(String name, Duration otherwise) {
            return Duration.ofMillis(
                    configuration.getTimeDuration(key(name), otherwise.toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private static @Nullable String token(Keys keys) throws IOException {
        // Asks the credential providers, too.
        char[] password = keys.configuration().getPassword(keys.key("token"));
        if (password != null && password.length > 0) {
            return new String(password);
        }
        String file = keys.text("token-file");
        if (file == null) {
            return null;
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new IOException("cannot read " + keys.key("token-file") + "=" + file + ": " + e, e);
        }
    }

    private static List<String> addresses(URI uri, Keys keys) throws IOException {
        String named = keys.text("addresses");
        if (uri.getPort() > 0) {
            return List.of(uri.getAuthority());
        }
        if (named == null) {
            throw new IOException("no addresses of the grid of " + uri + ": set " + PREFIX
                    + (keys.grid().isEmpty() ? "" : keys.grid() + ".") + "addresses to host:port,..., or name a node:"
                    + " swarm://host:port/");
        }
        List<String> here = new ArrayList<>();
        List<String> elsewhere = new ArrayList<>();
        for (String address : StringUtils.getTrimmedStrings(named)) {
            (isHere(address) ? here : elsewhere).add(address);
        }
        here.addAll(elsewhere);
        return here;
    }

    /** Whether a node runs on this host: what it holds need not cross the network. */
    private static boolean isHere(String address) {
        int scheme = address.indexOf("://");
        String hostPort = scheme < 0 ? address : address.substring(scheme + 3);
        int colon = hostPort.lastIndexOf(':');
        return Hosts.isHere(colon < 0 ? hostPort : hostPort.substring(0, colon));
    }
}
