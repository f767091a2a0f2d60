package io.swarmgrid.bench;

import io.swarmgrid.node.bench.worker.Store;
import io.swarmgrid.node.bench.worker.Worker;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;

/** A worker on a file system of Hadoop. Arguments: its URI, then {@code key=value} of its configuration. */
public final class HadoopWorker {
    private HadoopWorker() {}

    public static void main(String[] arguments) throws IOException {
        Configuration configuration = new Configuration();
        for (int i = 1; i < arguments.length; i++) {
            String[] setting = arguments[i].split("=", 2);
            configuration.set(setting[0], setting[1]);
        }
        try (Store store = new HadoopStore(URI.create(arguments[0]), configuration)) {
            Worker.serve(store, System.in, System.out);
        }
    }
}
