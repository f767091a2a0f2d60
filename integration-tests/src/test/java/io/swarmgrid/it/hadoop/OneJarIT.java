package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What is in the jar that goes on the class paths of others. */
class OneJarIT {
    private static final Path JAR = Path.of(System.getProperty("swarm.one-jar"));
    private static final String OURS = "io/swarmgrid/hadoop/";
    private static final String SERVICES = "META-INF/services/";
    private static final String FILE_SYSTEM = SERVICES + "org.apache.hadoop.fs.FileSystem";
    private static final long MAX_BYTES = 40L << 20;

    @Test
    void isSmallEnough() throws IOException {
        assertThat(Files.size(JAR)).isBetween(1L << 20, MAX_BYTES);
    }

    @Test
    void hasNoNameThatAnotherJarMayHave() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> names = jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> !name.endsWith("/"))
                    .toList();
            assertThat(names).filteredOn(name -> !name.startsWith("META-INF/")).allMatch(name -> name.startsWith(OURS));
            assertThat(names)
                    .filteredOn(name -> name.startsWith("META-INF/"))
                    .allMatch(name -> !name.endsWith(".class") && !name.endsWith(".so"));
            assertThat(names)
                    .noneMatch(
                            name -> name.contains("/arrow/") || name.contains("/ignite/") || name.contains("/slf4j/"))
                    .noneMatch(name -> name.contains("/apache/hadoop/"));
            assertThat(names)
                    .filteredOn(name -> name.startsWith(SERVICES) && !name.equals(FILE_SYSTEM))
                    .isNotEmpty()
                    .allMatch(name -> name.startsWith(SERVICES + OURS.replace('/', '.')));
            assertThat(jar.isMultiRelease()).isFalse();
        }
    }

    @Test
    void keepsWhatServicesAreFoundBy() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(lines(jar, FILE_SYSTEM)).containsExactly("io.swarmgrid.hadoop.SwarmFileSystem");
            List<ZipEntry> services = jar.stream()
                    .filter(entry -> entry.getName().startsWith(SERVICES) && !entry.isDirectory())
                    .map(ZipEntry.class::cast)
                    .toList();
            for (ZipEntry service : services) {
                assertThat(lines(jar, service.getName()))
                        .as(service.getName())
                        .isNotEmpty()
                        .allSatisfy(provider -> assertThat(jar.getEntry(provider.replace('.', '/') + ".class"))
                                .as(provider)
                                .isNotNull());
            }
        }
    }

    private static List<String> lines(JarFile jar, String name) throws IOException {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(jar.getInputStream(jar.getEntry(name)), StandardCharsets.UTF_8))) {
            return reader.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        }
    }
}
