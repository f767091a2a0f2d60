/**
 * Says whether what a grid answered, and what is left of it in the end, can be right: pure functions of a history of
 * operations and of an {@link io.swarmgrid.it.chaos.judge.EndState}. It knows nothing of how either came about.
 * {@code History} is thread-safe, all else is values.
 */
@NullMarked
package io.swarmgrid.it.chaos.judge;

import org.jspecify.annotations.NullMarked;
