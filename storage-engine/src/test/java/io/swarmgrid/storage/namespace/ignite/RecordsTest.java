package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockSpread;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class RecordsTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void readsBackWhatItWrote() {
        for (int i = 0; i < 500; i++) {
            Inode inode = joined(adopting(inode())).charged(charge());
            BlockRecord block = block();
            Doomed doomed = new Doomed(random.nextLong(Long.MAX_VALUE), random.nextLong(), lease(), small());
            Guard guard = new Guard(random.nextBoolean(), random.nextLong(), small(), random.nextBoolean(), ids());
            Dentry dentry = new Dentry(random.nextLong(), any(EntryKind.values()));

            assertThat(Inode.decode(inode.encode())).as("seed %d", seed).isEqualTo(inode);
            assertThat(BlockCodec.decode(BlockCodec.encode(block)))
                    .as("seed %d", seed)
                    .isEqualTo(block);
            assertThat(Doomed.decode(doomed.encode())).as("seed %d", seed).isEqualTo(doomed);
            assertThat(Guard.decode(guard.encode())).as("seed %d", seed).isEqualTo(guard);
            Quota quota = Quota.counting(random.nextLong(), new Amount(small(), Amount.ANY))
                    .in(any(Quota.State.values()))
                    .granted(new Amount(small(), small()));
            assertThat(Quota.decode(quota.encode())).as("seed %d", seed).isEqualTo(quota);
            Allowance share = new Allowance(
                    new Amount(small(), 1), new Amount(-small(), Amount.ANY), random.nextBoolean(), small());
            assertThat(Allowance.decode(share.encode()))
                    .as("seed %d", seed)
                    .isEqualTo(new Allowance(share.used(), share.allowed(), share.tight(), share.changes() + 1));
            assertThat(Dentry.decode(dentry.encode())).as("seed %d", seed).isEqualTo(dentry);
            var status = inode.status("/" + text(), random.nextLong());
            assertThat(Outcome.decode(Outcome.of(status)).status())
                    .as("seed %d", seed)
                    .isEqualTo(status);
        }
    }

    /** What lies in the metadata of grids that knew no near copies, and what those would see of one. */
    @Test
    void writesABlockWithoutNearCopiesAsItAlwaysWas() {
        byte[] stored = HexFormat.of()
                .parseHex("010000000000000007000000000000006400000000000000d900e807019fd7ad8d0602020202"
                        + "6e310101026e320201");
        List<Replica> holders = List.of(new Replica("n1", 1), new Replica("n2", 2));
        BlockRecord block =
                new BlockRecord(new BlockId(7), 100, 0, 1000, 1, 0x61AB6B9F, BlockState.SEALED, 2, 217, holders);
        assertThat(BlockCodec.decode(stored)).isEqualTo(block);
        assertThat(BlockCodec.encode(block)).isEqualTo(stored);

        List<Replica> more = List.of(new Replica("n1", 1), Replica.near("n2", 2, Medium.MEM));
        byte[] near = BlockCodec.encode(block.heldBy(more));
        assertThat(near).startsWith(Arrays.copyOf(stored, stored.length - 1));
        assertThat(near[stored.length - 1])
                .as("n2 is not durable for those, either")
                .isZero();
    }

    /** With more than is said of most. */
    private Charge charge() {
        long reserved = small();
        List<Long> quotas = ids();
        if (quotas.isEmpty()) {
            return Charge.NONE;
        }
        Charge charge = new Charge(quotas, new Amount(small(), 1), reserved, random.nextInt(2), 0, Amount.ZERO);
        return random.nextBoolean() ? charge : charge.owning(random.nextLong() | 1, new Amount(small(), Amount.ANY));
    }

    private List<Long> ids() {
        return random.longs(random.nextInt(3)).boxed().toList();
    }

    private Inode joined(Inode inode) {
        List<Inode.Joined> joined = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            joined.add(new Inode.Joined(random.nextLong(), small()));
        }
        Inode restored =
                random.nextBoolean() ? inode : inode.with(inode.revision().restored(small()));
        return joined.isEmpty() ? restored : restored.joined(joined);
    }

    @Test
    void refusesRecordsOfAnotherFormatOrCutShort() {
        byte[] bytes = inode().encode();
        byte[] newer = bytes.clone();
        newer[0] = 2;

        Expect.error(
                ErrorCode.CORRUPT_DATA,
                "cannot read a metadata record of format 2: this version knows format 1",
                () -> Inode.decode(newer));
        for (int length = 1; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            Expect.error(ErrorCode.CORRUPT_DATA, "metadata record", () -> Inode.decode(cut));
        }
    }

    private Inode inode() {
        List<BlockId> blocks = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            blocks.add(new BlockId(random.nextLong(1, Long.MAX_VALUE)));
        }
        return new Inode(
                any(EntryKind.values()),
                new Inode.Link(random.nextLong(), text()),
                new Inode.Revision(small(), small(), small(), 0),
                new Inode.Rights(text(), text(), random.nextInt(512)),
                new Inode.Storing(random.nextInt(17), any(Durability.values()), any(BlockSpread.values())),
                random.nextBoolean() ? Map.of() : Map.of("a" + text(), text(), "b" + text(), text()),
                content(blocks));
    }

    /** With some of its blocks from other files, perhaps. */
    private Inode adopting(Inode inode) {
        Map<BlockId, Inode.Adopted> adopted = new HashMap<>();
        for (BlockId block : inode.content().blocks()) {
            if (random.nextBoolean()) {
                adopted.put(block, new Inode.Adopted(random.nextLong(), small()));
            }
        }
        Writer writer = random.nextBoolean() ? Writer.NONE : new Writer(random.nextLong() | 1, random.nextBoolean());
        return inode.holding(inode.content().adopting(adopted).by(writer));
    }

    private Inode.Content content(List<BlockId> blocks) {
        return switch (random.nextInt(4)) {
            case 0 -> Inode.Content.sealed(small(), blocks);
            case 1 -> Inode.Content.inline(small());
            case 2 -> Inode.Content.hidden(lease(), blocks);
            default -> new Inode.Content(lease(), small(), random.nextBoolean(), blocks, random.nextInt(3));
        };
    }

    private BlockRecord block() {
        List<Replica> holders = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            holders.add(
                    random.nextBoolean()
                            ? new Replica(text(), small())
                            : new Replica(text(), small(), random.nextBoolean(), any(Medium.values())));
        }
        return new BlockRecord(
                new BlockId(random.nextLong(1, Long.MAX_VALUE)),
                random.nextLong(),
                small(),
                small(),
                small(),
                random.nextInt(),
                any(BlockState.values()),
                random.nextInt(17),
                random.nextLong(),
                holders,
                random.nextBoolean() ? Keeping.NONE : new Keeping(random.nextInt(1, 17), any(Medium.values())));
    }

    private Lease lease() {
        return new Lease(text(), new UUID(random.nextLong(), random.nextLong()), small());
    }

    private long small() {
        return random.nextLong(Long.MAX_VALUE) >>> random.nextInt(63);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(9); i > 0; i--) {
            text.appendCodePoint(random.nextBoolean() ? 'a' + random.nextInt(26) : 0x1F600 + random.nextInt(50));
        }
        return text.toString();
    }

    private <E> E any(E[] values) {
        return values[random.nextInt(values.length)];
    }
}
