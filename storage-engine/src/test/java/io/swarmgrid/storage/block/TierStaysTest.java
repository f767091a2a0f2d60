package io.swarmgrid.storage.block;

import static io.swarmgrid.storage.block.Blocks.id;
import static io.swarmgrid.storage.block.Blocks.put;
import static io.swarmgrid.storage.block.Blocks.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.config.Medium;
import io.swarmgrid.config.Reserve;
import org.junit.jupiter.api.Test;

/** What keeps its place in a tier, and what goes for it. */
class TierStaysTest extends TwoTiers {
    @Test
    void whatIsAskedToStayStaysHoweverLittleItIsRead() {
        Reserve half = Reserve.ofPercent(50);
        try (LocalBlockStore store = open(100 * MIB)) {
            for (int i = 1; i <= 8; i++) {
                put(store, id(i), 0, content);
            }
            Stays stays = store.stays();
            for (int i = 1; i <= 6; i++) {
                assertThat(stays.ask(id(i), 0, i == 5 ? Medium.HDD : Medium.SSD, half))
                        .isEqualTo(i == 6 ? Stays.Asked.FULL : Stays.Asked.STAYS);
            }
            assertThat(stays.ask(id(1), 0, Medium.SSD, half)).as("again").isEqualTo(Stays.Asked.STAYS);
            assertThat(stays.ask(id(7), 0, Medium.MEM, half)).isEqualTo(Stays.Asked.ELSEWHERE);
            assertThat(stays.ask(id(7), 1, Medium.SSD, half)).isEqualTo(Stays.Asked.ELSEWHERE);
            assertThat(stays.ask(id(99), 0, Medium.SSD, half)).isEqualTo(Stays.Asked.ELSEWHERE);
            assertThat(stays.all()).hasSize(5);

            for (int i = 101; i <= 150; i++) {
                put(store, id(i), 0, content);
                read(store, id(i), 0);
                store.mover().runOnce();
            }
            for (int i = 1; i <= 5; i++) {
                assertThat(store.find(id(i)).orElseThrow().path()).startsWith(upper);
                assertThat(stays.stays(id(i), Medium.SSD)).isTrue();
                assertThat(stays.stays(id(i), Medium.MEM)).isFalse();
            }
            assertThat(store.moves().stuckBlocks()).isZero();

            stays.end(id(1));
            store.delete(id(2), 0);
            store.quarantine(id(3), 0);
            assertThat(stays.all()).extracting(StoredBlock::id).containsExactlyInAnyOrder(id(4), id(5));
            assertThat(stays.ask(id(150), 0, Medium.SSD, half))
                    .as("room for it again")
                    .isNotEqualTo(Stays.Asked.FULL);
            for (int i = 201; i <= 240; i++) {
                put(store, id(i), 0, content);
                read(store, id(i), 0);
                read(store, id(i), 0);
                store.mover().runOnce();
            }
            assertThat(store.find(id(1)).orElseThrow().path()).startsWith(lower);
        }
    }

    @Test
    void blocksMoveDownForWhatIsToBeKept() {
        try (LocalBlockStore store = open(100 * MIB)) {
            for (int i = 1; i <= 9; i++) {
                put(store, id(i), 0, content);
            }
            store.mover().runOnce();
            NearTier near = store.nearTiers().get(0);
            assertThat(near.promiseKept(3 * MIB, 5 * MIB)).isTrue();
            assertThat(near.promiseRoom(3 * MIB)).isFalse();
            near.want(3 * MIB);
            store.mover().runOnce();
            assertThat(near.promiseRoom(3 * MIB)).isTrue();
            near.used(3 * MIB);
            near.kept(3 * MIB);
            assertThat(near.promiseKept(3 * MIB, 5 * MIB))
                    .as("more than may be")
                    .isFalse();

            for (int i = 11; i <= 30; i++) {
                put(store, id(i), 0, content);
                assertThat(in(store, upper)).isLessThanOrEqualTo(7);
                store.mover().runOnce();
            }
            near.keptGone(3 * MIB);
            assertThat(near.pinnedBytes()).isZero();
        }
    }
}
