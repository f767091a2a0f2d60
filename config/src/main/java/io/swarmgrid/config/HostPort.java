package io.swarmgrid.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host name or address and a TCP port, written {@code host:port}, an IPv6 address in brackets ({@code [::1]:7070}).
 * {@code host} holds no brackets. Port 0 asks the operating system for a free one. No name is ever resolved here.
 */
public record HostPort(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|([^\\s:\\[\\]/]+)):(\\d{1,5})");

    public HostPort {
        if (host.isBlank() || port < 0 || port > 65535) {
            throw new IllegalArgumentException("bad address: host=" + host + ", port=" + port);
        }
    }

    /** Throws {@link IllegalArgumentException} naming the text when it is not {@code host:port}. */
    public static HostPort parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("not host:port: \"" + text + "\"");
        }
        String host = form.group(1) != null ? form.group(1) : form.group(2);
        return new HostPort(host, Integer.parseInt(form.group(3)));
    }

    /** Whether only this machine can reach it: {@code localhost}, 127.0.0.0/8 or ::1. */
    public boolean isLoopback() {
        return host.equalsIgnoreCase("localhost")
                || host.matches("127(\\.\\d{1,3}){3}")
                || host.matches("(0{0,4}:){2,7}0{0,3}1");
    }

    /** Whether it stands for every address of the machine, and so cannot be given to others to call. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.matches("[0:]*:[0:]*");
    }

    public HostPort withPort(int newPort) {
        return new HostPort(host, newPort);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
