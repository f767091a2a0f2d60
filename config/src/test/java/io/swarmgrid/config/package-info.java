@NullMarked
package io.swarmgrid.config;

import org.jspecify.annotations.NullMarked;
