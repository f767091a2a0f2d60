package io.swarmgrid.mount;

import io.swarmgrid.client.GridException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the grid is mounted.
 *
 * @param path the directory of the grid that is mounted
 * @param readOnly nothing can be changed through it
 * @param allowOther users besides the one who mounts may use it
 * @param cache how long names and attributes are believed before the grid is asked again; zero for not at all
 * @param threads calls of files that are worked on at once
 * @param spoolDirectory where files lie that are being rewritten
 * @param spoolBytes how much of them there may be in all
 * @param writeBackPatience how long the end of the mount waits for what was written
 */
public record MountOptions(
        String path,
        boolean readOnly,
        boolean allowOther,
        Duration cache,
        int threads,
        Path spoolDirectory,
        long spoolBytes,
        Duration writeBackPatience) {
    private static final int MAX_THREADS = 256;

    public MountOptions {
        if (cache.isNegative() || cache.compareTo(Duration.ofDays(1)) > 0) {
            throw GridException.invalid("bad cache time: " + cache + ", 0 s to a day are possible");
        }
        if (threads < 2 || threads > MAX_THREADS) {
            throw GridException.invalid(
                    "bad number of threads: " + threads + ", 2 to " + MAX_THREADS + " are possible");
        }
        if (spoolBytes <= 0 || writeBackPatience.isNegative()) {
            throw GridException.invalid(
                    "bad bound: spool of " + spoolBytes + " bytes, patience of " + writeBackPatience);
        }
    }
}
