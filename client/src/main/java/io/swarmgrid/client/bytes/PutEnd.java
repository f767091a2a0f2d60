package io.swarmgrid.client.bytes;

/** Ends a PutFile: so many bytes were sent; without it nothing becomes visible. */
public record PutEnd(long sizeBytes) {}
