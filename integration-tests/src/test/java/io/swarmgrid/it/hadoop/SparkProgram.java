package io.swarmgrid.it.hadoop;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A job of a user of Spark: groups flights by where they begin, and keeps the result as Parquet and as ORC. It says what it ran with, and
 * how near to their bytes the tasks were that read files. Compiled with one Spark, run with any.
 */
public final class SparkProgram {
    private SparkProgram() {}

    /** @param arguments the Parquet files to read, and where to write */
    public static void main(String[] arguments) throws Exception {
        Reading reading = new Reading();
        try (SparkSession spark = SparkSession.builder().appName("flights").getOrCreate()) {
            spark.sparkContext().addSparkListener(reading);
            System.out.println("Spark " + spark.version() + ", Hadoop " + VersionInfo.getVersion());
            spark.read().parquet(arguments[0]).createOrReplaceTempView("flights");
            Dataset<Row> byOrigin =
                    spark.sql("SELECT origin, count(*) AS flights, sum(delay) AS delay, avg(distance) AS"
                            + " distance FROM flights GROUP BY origin");
            byOrigin.write().parquet(arguments[1]);
            Dataset<Row> kept = spark.read().parquet(arguments[1]);
            System.out.println("Origins " + kept.count());
            // As Hive keeps tables, by the library that it does so with.
            kept.coalesce(1).write().orc(arguments[1] + "-orc");
            Dataset<Row> asOrc = spark.read().orc(arguments[1] + "-orc");
            System.out.println("The same as ORC: " + Set.copyOf(rows(asOrc)).equals(Set.copyOf(rows(kept))));
        }
        // Only now every event has been heard.
        System.out.println("Tasks " + reading.tasks);
        System.out.println("Bytes " + reading.bytes);
    }

    private static List<Row> rows(Dataset<Row> table) {
        return table.collectAsList();
    }

    /** Tasks that read the flights: each job's first stage. */
    private static final class Reading extends SparkListener {
        private final Map<String, Integer> tasks = new TreeMap<>();
        private final AtomicLong bytes = new AtomicLong();

        @Override
        public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
            if (end.taskMetrics().shuffleWriteMetrics().recordsWritten() > 0
                    && end.taskMetrics().inputMetrics().recordsRead() > 0) {
                tasks.merge(end.taskInfo().taskLocality().toString(), 1, Integer::sum);
                bytes.addAndGet(end.taskMetrics().inputMetrics().bytesRead());
            }
        }
    }
}
