package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.RecoverResult;

/** Checks of the metadata that have come to their end. */
final class CheckedMetadata {
    private CheckedMetadata() {}

    static MetadataCheckResult by(MetadataCheck check, boolean repair) {
        MetadataCheckResult result = check.check(new MetadataCheckRequest(repair, null));
        while (result.state().equals(RecoverResult.RUNNING)) {
            result = check.check(new MetadataCheckRequest(null, result.run()));
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(RecoverResult.DONE);
        return result;
    }
}
