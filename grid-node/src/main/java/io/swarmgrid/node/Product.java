package io.swarmgrid.node;

/** What this program is. */
final class Product {
    private Product() {}

    /** The version in the jar's manifest; {@code dev} where there is no jar. */
    static String version() {
        String version = Product.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }
}
