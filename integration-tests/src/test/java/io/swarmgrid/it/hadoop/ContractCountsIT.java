package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * That all of Hadoop's contract was asked, by the reports of the run before this one: a test of it that lacks what it asks for is skipped, and
 * a skipped test fails nothing.
 */
@Tag("hadoop-contract-counts") // runs behind the contract
class ContractCountsIT {
    /** As many as hadoop-common's test-jar has of {@code AbstractContract*}, but for what they share. */
    private static final int CLASSES = 23;

    private static final int TESTS = 308;
    private static final Path REPORTS = Path.of(System.getProperty("swarm.reports"));
    private static final Instant BUILD_STARTED = Instant.parse(System.getProperty("swarm.build-started"));

    private final Map<String, Integer> tests = new TreeMap<>();
    private final List<String> skipped = new ArrayList<>();

    @Test
    void allOfItWasAskedAndNothingSkipped() throws Exception {
        try (DirectoryStream<Path> reports = Files.newDirectoryStream(REPORTS, "TEST-*HadoopContractIT*.xml")) {
            for (Path report : reports) {
                // What an earlier build left proves nothing.
                if (!Files.getLastModifiedTime(report).toInstant().isBefore(BUILD_STARTED)) {
                    count(report);
                }
            }
        }
        System.out.println("Hadoop's contract: " + tests.size() + " classes, "
                + tests.values().stream().mapToInt(Integer::intValue).sum() + " tests, skipped " + skipped);
        assertThat(skipped).as("skipped, and why").isEmpty();
        assertThat(tests).as("classes and their tests").hasSize(CLASSES);
        assertThat(tests.values().stream().mapToInt(Integer::intValue).sum())
                .as("tests: %s", tests)
                .isEqualTo(TESTS);
    }

    private void count(Path report) throws Exception {
        NodeList cases = elements(report);
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            // One that has parameters is there once for each set of them.
            tests.merge(test.getAttribute("classname").replaceFirst("\\[\\d+]$", ""), 1, Integer::sum);
            NodeList why = test.getElementsByTagName("skipped");
            if (why.getLength() > 0) {
                skipped.add(test.getAttribute("classname") + "." + test.getAttribute("name") + ": "
                        + ((Element) why.item(0)).getAttribute("message"));
            }
        }
    }

    private static NodeList elements(Path report) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("testcase");
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("cannot read " + report, e);
        }
    }
}
