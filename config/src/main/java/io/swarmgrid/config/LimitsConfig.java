package io.swarmgrid.config;

import java.time.Duration;

/**
 * Bounds of a single call.
 *
 * @param messageSize Flight messages a node sends; clients in Rust refuse more than 4 MiB
 * @param inboundMessageSize Flight messages a node takes, so the largest record batch that can be put
 * @param requestSize the JSON of an action or a command
 * @param headerSize all headers of a call together
 * @param listPage entries of one page of a listing
 * @param maxStreams calls a node serves at once; the next one is refused
 * @param maxSessions puts and checkpoints of the grid that are begun and neither committed nor aborted; the next one is
 *     refused
 * @param sessionIdle how long such a session may be silent before it is given up with all that was written in it
 * @param parquetMemory what the decoding of Parquet files takes outside of the heap, all reads of a node together
 */
public record LimitsConfig(
        DataSize messageSize,
        DataSize inboundMessageSize,
        DataSize requestSize,
        DataSize headerSize,
        int listPage,
        int maxStreams,
        int maxSessions,
        Duration sessionIdle,
        DataSize parquetMemory) {
    public LimitsConfig {
        new Checks()
                .between("message-size", messageSize, "64KiB", "1GiB")
                .between("inbound-message-size", inboundMessageSize, "1MiB", "2047MiB")
                .that(
                        inboundMessageSize.compareTo(messageSize) >= 0,
                        "inbound-message-size",
                        inboundMessageSize + ", expected at least limits.message-size=" + messageSize
                                + ": nodes read from each other")
                .between("request-size", requestSize, "4KiB", "64MiB")
                .between("header-size", headerSize, "4KiB", "1MiB")
                .between("list-page", listPage, 1, 100_000)
                .between("max-streams", maxStreams, 1, 1_000_000)
                .between("max-sessions", maxSessions, 1, 1_000_000)
                .between("session-idle", sessionIdle, "1s", "30d")
                .between("parquet-memory", parquetMemory, "64MiB", "1TiB")
                .done();
    }

    static LimitsConfig defaults() {
        return new LimitsConfig(
                DataSize.ofMebibytes(2),
                DataSize.ofMebibytes(256),
                DataSize.ofMebibytes(4),
                DataSize.ofKibibytes(64),
                1000,
                1024,
                10_000,
                Duration.ofMinutes(30),
                DataSize.ofMebibytes(256));
    }
}
