package io.swarmgrid.client.wire;

import java.util.List;

/** @param quotas what an entry, and all below it, counts for: the outermost first, its own last */
public record QuotaListing(List<QuotaStatus> quotas) {
    public QuotaListing {
        quotas = List.copyOf(quotas);
    }
}
