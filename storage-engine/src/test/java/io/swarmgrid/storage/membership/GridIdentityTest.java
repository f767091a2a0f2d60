package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who the grid is, on a real engine. */
class GridIdentityTest {
    @TempDir
    private Path root;

    @Test
    void aCopyThatIsStillBeingTakenInDoesNotMakeTheGridOneThatLostItsMetadata() throws Exception {
        try (TestGrid grid = new TestGrid(root, 1, Map.of())) {
            MetadataEngine engine = grid.startAll().get(0).engine();

            GridIdentity read =
                    GridIdentity.of(withoutCopy(engine.ignite()), new SecureRandom(), Optional.of(engine.gridId()));

            assertThat(read.id()).isEqualTo(engine.gridId());
            assertThat(read.secret()).isEqualTo(engine.gridSecret());
            engine.recovering().look();
            assertThat(engine.recovering().isOn()).isFalse();
        }
    }

    @Test
    void aGridThatIsBegunAnewUnderItsOldIdIsBeingRecovered() throws Exception {
        try (TestGrid grid = new TestGrid(root, 1, Map.of())) {
            MetadataEngine engine = grid.startAll().get(0).engine();
            engine.ignite().cache(GridIdentity.CACHE).clear();
            UUID earlier = engine.gridId();

            GridIdentity begun = GridIdentity.of(engine.ignite(), new SecureRandom(), Optional.of(earlier));

            assertThat(begun.id()).isEqualTo(earlier);
            assertThat(begun.secret()).isNotEqualTo(engine.gridSecret());
            assertThat(GridIdentity.of(engine.ignite(), new SecureRandom(), Optional.empty())
                            .secret())
                    .isEqualTo(begun.secret());
            engine.recovering().look();
            assertThat(engine.recovering().isLost()).isTrue();
        }
    }

    /** As an engine whose copies are empty by now: reads find nothing, and only a lock asks where it counts. */
    private static Ignite withoutCopy(Ignite ignite) {
        return proxy(
                Ignite.class,
                ignite,
                (method, answer) -> answer instanceof IgniteCache<?, ?> cache
                        ? proxy(
                                IgniteCache.class,
                                cache,
                                (called, value) -> called.getName().equals("get")
                                                && ignite.transactions().tx() == null
                                        ? null
                                        : value)
                        : answer);
    }

    private interface Change {
        @Nullable
        Object of(Method method, @Nullable Object answer);
    }

    private static <T> T proxy(Class<T> type, T real, Change change) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return change.of(method, method.invoke(real, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
