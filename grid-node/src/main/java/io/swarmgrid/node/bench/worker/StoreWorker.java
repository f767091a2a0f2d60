package io.swarmgrid.node.bench.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A worker on a grid or on plain files. */
public final class StoreWorker {
    /** The first argument, before the addresses of a grid's nodes with commas between them. */
    public static final String GRID = "grid";
    /** The first argument, before a directory. */
    public static final String PLAIN = "plain";

    private StoreWorker() {}

    public static void main(String[] arguments) throws IOException {
        try (Store store = store(arguments[0], arguments[1])) {
            Worker.serve(store, System.in, System.out);
        }
    }

    private static Store store(String kind, String where) {
        return switch (kind) {
            case GRID -> new GridStore(List.of(where.split(",")));
            case PLAIN -> new PlainStore(Path.of(where));
            default -> throw new IllegalArgumentException("no such store: " + kind);
        };
    }
}
