/**
 * Unfinished work that becomes visible at once: sessions, each a directory below {@link
 * io.swarmgrid.storage.namespace.Files#STAGING}. All of a session's state is in the namespace, so any node can go on with
 * it. No threads, no locks.
 */
@NullMarked
package io.swarmgrid.storage.staging;

import org.jspecify.annotations.NullMarked;
