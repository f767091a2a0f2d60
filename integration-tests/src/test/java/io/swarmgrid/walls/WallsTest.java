package io.swarmgrid.walls;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMembers;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Section 2 of docs/architecture.md: who may know whom. */
class WallsTest {
    private static final String ROOT = "io.swarmgrid.";

    /** The modules by their root package, and the modules that each may know. */
    private static final Map<String, Set<String>> MAY_KNOW = new TreeMap<>(Map.of(
            "config", Set.of(),
            "client", Set.of(),
            "hadoop", Set.of("client"),
            "mount", Set.of("client"),
            "storage", Set.of("config", "client"),
            "checkpoint", Set.of("config", "client", "storage"),
            "tasks", Set.of("config", "client", "storage"),
            "qos", Set.of("config", "client"),
            "node", Set.of("config", "client", "mount", "storage", "checkpoint", "tasks", "qos"),
            "bench", Set.of("client", "node")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages(ROOT.substring(0, ROOT.length() - 1));

    static Set<String> modules() {
        return MAY_KNOW.keySet();
    }

    @Test
    void everyClassBelongsToAModule() {
        Set<String> strangers = new TreeSet<>();
        CLASSES.forEach(each -> {
            String inner = each.getPackageName().substring(ROOT.length());
            if (!MAY_KNOW.containsKey(inner.split("\\.", 2)[0])) {
                strangers.add(each.getName());
            }
        });
        assertThat(strangers).isEmpty();
        assertThat(CLASSES).as("is anything looked at?").hasSizeGreaterThan(200);
    }

    @ParameterizedTest
    @MethodSource("modules")
    void knowsOnlyTheModulesItMay(String module) {
        Set<String> forbidden = new TreeSet<>(MAY_KNOW.keySet());
        forbidden.removeAll(MAY_KNOW.getOrDefault(module, Set.of()));
        forbidden.remove(module);

        noClasses()
                .that()
                .resideInAPackage(in(module))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.stream().map(WallsTest::in).toArray(String[]::new))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void igniteStaysInTheEngineRooms() {
        only("org.apache.ignite..", "storage", "checkpoint", "tasks", "node");
    }

    @Test
    void flightStaysAtTheDoors() {
        only("org.apache.arrow.flight..", "client", "qos", "node");
    }

    @Test
    void hadoopStaysInItsOwnModuleTheArchiveAndTheBenchmarksOfPeers() {
        only("org.apache.hadoop..", "hadoop", "storage.archive", "bench");
    }

    @Test
    void nativeCallsStayAtTheMountsDevice() {
        only("com.sun.jna..", "mount.fuse");
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + "(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /** Tests find the points at which they strike from outside: nothing in the product is there to be made to fail. */
    @Test
    void nothingCanBeToldToFail() {
        String named = "(?i).*(inject|chaos|failpoint|sabotage|faulty|testhook|fortest).*";
        noClasses().should().haveNameMatching(named).check(CLASSES);
        noMembers().should().haveNameMatching(named).check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.assertj..", "org.awaitility..", ROOT + "it..", ROOT + "walls..")
                .check(CLASSES);
        assertThat(CLASSES.stream().filter(WallsTest::asksForATestsProperty).map(JavaClass::getName))
                .isEmpty();
    }

    /** The texts of a class lie in it as they are. */
    private static boolean asksForATestsProperty(JavaClass type) {
        URI uri = type.getSource().orElseThrow().getUri();
        try (InputStream in = uri.toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).contains("swarm.test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void only(String library, String... rooms) {
        String[] inside = new String[rooms.length];
        for (int i = 0; i < rooms.length; i++) {
            inside[i] = in(rooms[i]);
        }
        noClasses()
                .that()
                .resideOutsideOfPackages(inside)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    private static String in(String room) {
        return ROOT + room + "..";
    }
}
