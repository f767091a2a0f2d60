/** Names, inodes and block records in Ignite: what is small and must be right. Everything is a transaction over keys of one cache group; most operations stay within one partition and run where its primary is. */
@NullMarked
package io.swarmgrid.storage.namespace;

import org.jspecify.annotations.NullMarked;
