package io.swarmgrid.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MountTableTest {
    @Test
    void readsAMountOfAGrid() {
        String line =
                "36 25 0:51 / /mnt/a\\040b rw,nosuid shared:1 master:2 - fuse.swarm swarm://n1:7070/x#4711 rw,user_id=0";
        assertThat(MountTable.parse(line))
                .isEqualTo(new MountTable.Mounted(Path.of("/mnt/a b"), "swarm://n1:7070/x#4711", 4711, "0:51"));
    }

    @Test
    void passesOverOtherMounts() {
        assertThat(MountTable.parse("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw"))
                .isNull();
        assertThat(MountTable.parse("36 25 0:51 / /mnt rw - fuse.swarm something rw"))
                .isNull();
        assertThat(MountTable.parse("36 25 0:51 / /mnt rw - fuse.sshfs a:/b#1 rw"))
                .isNull();
        assertThat(MountTable.parse("")).isNull();
    }
}
