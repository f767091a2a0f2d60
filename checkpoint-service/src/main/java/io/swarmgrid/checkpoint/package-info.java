/**
 * Checkpoints: a series is a directory, a step of it a directory {@code step-<12 digits>} of shards and a manifest, which
 * becomes visible by one transaction. A step without a manifest is none. All state is in the namespace, so any node
 * answers for any session. No threads, no locks.
 */
@NullMarked
package io.swarmgrid.checkpoint;

import org.jspecify.annotations.NullMarked;
