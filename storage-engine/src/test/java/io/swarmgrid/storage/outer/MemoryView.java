package io.swarmgrid.storage.outer;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A store in memory as one node sees it. */
final class MemoryView implements OuterStore {
    private final MemoryStore store;
    private final String mark;
    private final BooleanSupplier marks;

    /**
     * Of a store.
     *
     * @param mark what its tags end with
     * @param marks whether they do
     */
    MemoryView(MemoryStore store, String mark, BooleanSupplier marks) {
        this.store = store;
        this.mark = mark;
        this.marks = marks;
    }

    @Override
    public Optional<OuterEntry> find(String path) {
        return store.find(path).map(this::marked);
    }

    @Override
    public void list(String path, Consumer<OuterEntry> each) {
        store.list(path, entry -> each.accept(marked(entry)));
    }

    @Override
    public OuterBytes open(String path, OuterEntry version) {
        OuterEntry now = store.entry(path);
        if (now == null || !marks.getAsBoolean()) {
            return store.open(path, version);
        }
        if (!marked(now).isVersionOf(version)) {
            throw OuterProblems.changed(path);
        }
        return store.open(path, now);
    }

    @Override
    public OuterWriter create(String path, boolean overwrite) {
        return store.create(path, overwrite);
    }

    @Override
    public void makeDirectory(String path) {
        store.makeDirectory(path);
    }

    @Override
    public boolean remove(String path, boolean recursive) {
        return store.remove(path, recursive);
    }

    @Override
    public void rename(String from, String to, boolean overwrite) {
        store.rename(from, to, overwrite);
    }

    @Override
    public void close() {
        store.close();
    }

    private OuterEntry marked(OuterEntry entry) {
        return entry.directory() || !marks.getAsBoolean()
                ? entry
                : new OuterEntry(entry.name(), false, entry.sizeBytes(), entry.modifiedNanos(), entry.tag() + mark);
    }
}
