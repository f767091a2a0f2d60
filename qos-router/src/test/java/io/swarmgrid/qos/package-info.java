/** Tests of the scheduler, the classes and the order of replicas. */
@NullMarked
package io.swarmgrid.qos;

import org.jspecify.annotations.NullMarked;
