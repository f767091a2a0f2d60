package io.swarmgrid.client.net;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/** Which machine a host name means. */
public final class Hosts {
    private Hosts() {}

    /** Whether a name or address is this machine's; false where it is not known. May ask a name server. */
    public static boolean isHere(String host) {
        try {
            return isHere(InetAddress.getByName(host));
        } catch (UnknownHostException e) {
            return false; // whoever connects to it will tell
        }
    }

    /** Whether an address is one of this machine's. */
    public static boolean isHere(InetAddress address) {
        try {
            return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
