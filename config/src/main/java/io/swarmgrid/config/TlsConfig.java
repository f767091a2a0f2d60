package io.swarmgrid.config;

import java.nio.file.Path;

/**
 * PEM files for TLS towards clients and mutual TLS between nodes.
 *
 * @param cert the node's certificate, with its chain
 * @param key the node's private key, PKCS#8
 * @param ca the authorities that other nodes' certificates must come from
 */
public record TlsConfig(Path cert, Path key, Path ca) {}
