package io.swarmgrid.client.bytes;

/**
 * Where a node takes calls of processes of its machine: the answer to {@link BytesMethods#FIND_LOCAL}.
 *
 * @param machine the running system that it is on, as {@link MachineId#own} has it
 * @param port of the node's door for the network; whoever came to another one came through something that is not to be gone round
 * @param socket a Unix socket
 * @param key what {@link MachineId#fileKey} says of that
 */
public record LocalPlace(String machine, int port, String socket, String key) {}
