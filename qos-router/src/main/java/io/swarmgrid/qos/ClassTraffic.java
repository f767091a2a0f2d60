package io.swarmgrid.qos;

import io.swarmgrid.client.call.QosClass;

/**
 * What has moved in one class since the node started.
 *
 * @param refused chunks that found the queue full or waited too long
 * @param waiting chunks that wait now
 */
public record ClassTraffic(QosClass qos, long bytesIn, long bytesOut, long refused, int waiting) {}
