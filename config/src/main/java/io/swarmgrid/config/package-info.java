/**
 * The configuration of a node: one tree of immutable records, its defaults, and the loader that fills it from a YAML
 * file, the environment and the command line. Everything here is a value; nothing starts a thread. The loader reads one
 * file, and nothing else touches a disk or a network.
 */
@NullMarked
package io.swarmgrid.config;

import org.jspecify.annotations.NullMarked;
