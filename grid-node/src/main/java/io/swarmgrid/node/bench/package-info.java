/**
 * {@code swarm bench}: how fast a grid is here, beside what one would otherwise use. It makes its own data, measures in
 * interleaved rounds and reports medians. Peers run as processes of their own.
 */
@NullMarked
package io.swarmgrid.node.bench;

import org.jspecify.annotations.NullMarked;
