package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SplittableRandom;

/** Ids of tasks: when, to the millisecond, and six letters by chance; they sort by time. */
final class TaskId {
    static final String FORM = "\\d{8}-\\d{9}-[a-z2-7]{6}";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmssSSS", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

    private TaskId() {}

    static String of(long epochMs, SplittableRandom random) {
        StringBuilder id = new StringBuilder(TIME.format(Instant.ofEpochMilli(epochMs))).append('-');
        for (int i = 0; i < 6; i++) {
            id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return id.toString();
    }

    /** No id of a task of that moment or later comes before this. */
    static String before(long epochMs) {
        return TIME.format(Instant.ofEpochMilli(epochMs));
    }

    /** @throws GridException NOT_FOUND for what cannot be the id of a task */
    static String check(String id) {
        if (!id.matches(FORM)) {
            throw unknown(id);
        }
        return id;
    }

    static GridException unknown(String id) {
        return new GridException(
                ErrorCode.NOT_FOUND, "no such task: '" + id + "'", null, "task.list names what is there", null);
    }
}
