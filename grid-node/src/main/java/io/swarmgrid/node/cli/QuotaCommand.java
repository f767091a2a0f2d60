package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.QuotaChange;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.config.DataSize;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm quota}: how much there may be below a directory. */
@Command(
        name = "quota",
        description = {
            "Show what a path counts for, or limit what there may be below a directory: how long all files are together, not times their"
                    + " copies, and how many files and directories there are. What was removed counts until it is taken back.",
            "A limit that is not named stays as it is. What is there already is counted first; swarm du --quota shows how far that is."
        })
final class QuotaCommand extends GridCommand {
    private static final String NONE = "none";
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,18})([kMG]?)");

    @Parameters(index = "0", paramLabel = "PATH")
    private String path = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = NONE, description = "Take the quota away")
    private @Nullable String none;

    @Option(
            names = "--bytes",
            paramLabel = "SIZE",
            description = "At most so many bytes: 500GiB, 10TiB; none takes this limit away")
    private @Nullable String bytes;

    @Option(
            names = "--entries",
            paramLabel = "N",
            description = "At most so many files and directories: 5000, 20k, 1M; none takes this limit away")
    private @Nullable String entries;

    @Override
    int run(Session session) {
        Namespace namespace = new Namespace(session);
        boolean limited = bytes != null || entries != null;
        if (none != null && (limited || !none.equals(NONE))) {
            throw misuse("expected limits, or none: " + none);
        }
        List<QuotaStatus> quotas = limited || none != null
                ? namespace.setQuota(path, bytes == null ? null : size(bytes), entries == null ? null : number(entries))
                : namespace.quotas(path);
        show(session.output(), quotas);
        return ExitCode.OK;
    }

    private long size(String text) {
        if (text.equals(NONE)) {
            return QuotaChange.NO_LIMIT;
        }
        try {
            return DataSize.parse(text).bytes();
        } catch (IllegalArgumentException e) {
            throw misuse("--bytes: " + e.getMessage());
        }
    }

    private long number(String text) {
        if (text.equals(NONE)) {
            return QuotaChange.NO_LIMIT;
        }
        Matcher form = NUMBER.matcher(text);
        if (!form.matches()) {
            throw misuse("--entries: not a number: " + text);
        }
        long scale =
                switch (form.group(2)) {
                    case "k" -> 1_000L;
                    case "M" -> 1_000_000L;
                    case "G" -> 1_000_000_000L;
                    default -> 1L;
                };
        try {
            return Math.multiplyExact(Long.parseLong(form.group(1)), scale);
        } catch (ArithmeticException e) {
            throw misuse("--entries: too many: " + text);
        }
    }

    /** The outermost first. */
    static void show(Output output, List<QuotaStatus> quotas) {
        if (output.json()) {
            quotas.forEach(output::document);
            return;
        }
        Table table = new Table(">LIMIT", ">USED", ">LEFT", ">ENTRIES", ">USED", ">LEFT", "STATE", "PATH");
        for (QuotaStatus each : quotas) {
            Long bytes = each.limitBytes();
            Long entries = each.limitEntries();
            table.row(
                    bytes == null ? "-" : Units.bytes(bytes),
                    Units.bytes(each.usedBytes()),
                    bytes == null ? "-" : Units.bytes(Math.max(0, bytes - each.usedBytes())),
                    entries == null ? "-" : Units.count(entries),
                    Units.count(each.usedEntries()),
                    entries == null ? "-" : Units.count(Math.max(0, entries - each.usedEntries())),
                    each.state().name().toLowerCase(Locale.ROOT),
                    each.path());
        }
        if (!table.isEmpty()) {
            table.print(output.out());
        }
    }
}
