package io.swarmgrid.storage.outer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.OuterConfig;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The outer stores that this node may read, each opened once, when it is first asked for. Thread-safe; closing it closes them. */
public final class OuterStores implements AutoCloseable {
    private static final int MAX_CALLS = 64;

    private final OuterConfig config;

    @GuardedBy("this")
    private final Map<String, SteadyStore> open = new LinkedHashMap<>();

    @GuardedBy("this")
    private boolean closed;

    public OuterStores(OuterConfig config) {
        this.config = config;
    }

    /**
     * An address in the form in which it is kept.
     *
     * @throws GridException INVALID_ARGUMENT where it is none; PERMISSION_DENIED where this node may not read it
     */
    public String allowed(String uri) {
        OuterAddress address = OuterAddress.parse(uri);
        for (String each : config.allowed()) {
            if (address.isWithin(OuterAddress.parse(each))) {
                return address.text();
            }
        }
        throw new GridException(
                ErrorCode.PERMISSION_DENIED,
                "this node may not read the outer store " + address.text(),
                null,
                "storage.outer.allowed of every node names the addresses that a mount may have or begin with",
                null);
    }

    /**
     * The store at an address.
     *
     * @throws GridException INVALID_ARGUMENT, PERMISSION_DENIED, as {@link #allowed}; UNSUPPORTED where its kind is not known here;
     *     UNAVAILABLE where it cannot be opened
     */
    public SteadyStore store(String uri) {
        String text = allowed(uri);
        synchronized (this) {
            SteadyStore known = open.get(text);
            if (known != null) {
                return known;
            }
        }
        OuterAddress address = OuterAddress.parse(text);
        OuterStore store = address.isLocal() ? local(address) : provided(address);
        SteadyStore made =
                new SteadyStore(text, store, config.patience(), MAX_CALLS, SteadyStore.Time.ofMachine(new Random()));
        SteadyStore unused = null;
        try {
            synchronized (this) {
                SteadyStore other = closed ? null : open.get(text);
                if (closed || other != null) {
                    unused = made;
                    return other == null ? made : other;
                }
                unused = open.size() < config.maxMounts() ? null : removeOldest();
                open.put(text, made);
                return made;
            }
        } finally {
            if (unused != null) {
                unused.close();
            }
        }
    }

    /** As many as there may be mounts: those of mounts that are gone make room. */
    @GuardedBy("this")
    private @Nullable SteadyStore removeOldest() {
        Iterator<SteadyStore> oldest = open.values().iterator();
        SteadyStore removed = oldest.hasNext() ? oldest.next() : null;
        if (removed != null) {
            oldest.remove();
        }
        return removed;
    }

    @Override
    public void close() {
        Map<String, SteadyStore> all;
        synchronized (this) {
            closed = true;
            all = Map.copyOf(open);
            open.clear();
        }
        all.values().forEach(SteadyStore::close);
    }

    /** Links count: what is allowed by its name must be allowed by where it lies. */
    private LocalStore local(OuterAddress address) {
        try {
            Path root = Path.of(address.uri().getPath()).toRealPath();
            for (String each : config.allowed()) {
                OuterAddress allowed = OuterAddress.parse(each);
                if (allowed.isLocal() && root.startsWith(real(allowed))) {
                    return new LocalStore(address.text(), root);
                }
            }
            throw new GridException(
                    ErrorCode.PERMISSION_DENIED,
                    "the outer store " + address.text() + " lies at " + root
                            + ", which is none that storage.outer.allowed names");
        } catch (IOException | InvalidPathException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE, "cannot open the outer store " + address.text() + " on this node: " + e, e);
        }
    }

    private static Path real(OuterAddress allowed) {
        Path path = Path.of(allowed.uri().getPath());
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path; // not there: nothing lies below it
        }
    }

    private OuterStore provided(OuterAddress address) {
        @Nullable Throwable missing = null;
        @Nullable GridException unknown = null;
        try {
            for (OuterProvider provider :
                    ServiceLoader.load(OuterProvider.class, OuterProvider.class.getClassLoader())) {
                try {
                    return provider.open(address.uri(), config.hadoopConf().orElse(null));
                } catch (GridException e) {
                    if (e.code() != ErrorCode.UNSUPPORTED) {
                        throw e;
                    }
                    unknown = e;
                }
            }
        } catch (LinkageError | ServiceConfigurationError e) {
            missing = e;
        }
        if (unknown != null) {
            throw unknown;
        }
        throw new GridException(
                ErrorCode.UNSUPPORTED,
                "this node cannot read " + address.text() + ": Hadoop is not on its class path"
                        + (missing == null ? "" : " (" + missing + ")"),
                null,
                "deploy/hadoop/pom.xml names the jars that belong into the directory ext beside the launcher, on every node",
                missing);
    }
}
