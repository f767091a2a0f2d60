package io.swarmgrid.client.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.GridException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChannelsTest {
    @Test
    void sharesOneChannelForALocation() {
        try (Channels channels = new Channels(ChannelSecurity.NONE)) {
            assertThat(channels.channel("grpc://127.0.0.1:7070")).isSameAs(channels.channel("grpc://127.0.0.1:7070"));
            assertThat(channels.channel("grpc+tcp://127.0.0.1:7071"))
                    .isNotSameAs(channels.channel("grpc://127.0.0.1:7070"));
        }
    }

    @Test
    void refusesWhatIsNoLocation() {
        try (Channels channels = new Channels(ChannelSecurity.NONE)) {
            for (String bad :
                    new String[] {"127.0.0.1:7070", "http://a:1", "grpc://a", "grpc://:1", "grpc:// a:1", ""}) {
                assertThatThrownBy(() -> channels.channel(bad))
                        .isInstanceOf(GridException.class)
                        .hasMessage("bad location: '" + bad + "' (grpc://host:port or grpc+tls://host:port)");
            }
        }
    }

    @Test
    void namesCertificatesThatCannotBeRead() {
        ChannelSecurity security = ChannelSecurity.NONE.trusting(Path.of("/no/such.pem"));
        try (Channels channels = new Channels(security)) {
            assertThatThrownBy(() -> channels.channel("grpc+tls://127.0.0.1:7070"))
                    .isInstanceOf(GridException.class)
                    .hasMessageContaining("cannot set up TLS")
                    .hasMessageContaining("/no/such.pem");
        }
    }

    @Test
    void isOfNoUseOnceClosed() {
        Channels channels = new Channels(ChannelSecurity.NONE);
        channels.close();
        channels.close();
        assertThatThrownBy(() -> channels.channel("grpc://127.0.0.1:7070"))
                .isInstanceOf(GridException.class)
                .hasMessageContaining("the client is closed");
    }
}
