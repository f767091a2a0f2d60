package io.swarmgrid.storage.outer;

final class MemoryStoreTest extends OuterStoreContract {
    private final MemoryStore store = new MemoryStore();

    @Override
    protected OuterStore store() {
        return store;
    }

    @Override
    protected void write(String path, byte[] bytes) {
        store.write(path, bytes);
    }

    @Override
    protected boolean makeDirectory(String path) {
        store.makeDirectory(path);
        return true;
    }

    @Override
    protected void remove(String path) {
        store.remove(path);
    }
}
