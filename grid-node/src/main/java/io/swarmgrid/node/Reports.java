package io.swarmgrid.node;

import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.QosClasses;
import io.swarmgrid.config.QosClassConfig;
import io.swarmgrid.config.QosConfig;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.qos.BoundedScheduler;
import io.swarmgrid.qos.ClassTraffic;
import io.swarmgrid.storage.membership.MetadataEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the node says of itself and of its grid when it is asked. */
final class Reports {
    private Reports() {}

    static GridStatus grid(SwarmConfig config, MetadataEngine engine) {
        return new GridStatus(
                config.grid().name(),
                engine.gridId().toString(),
                Product.version(),
                config.nodeName(),
                engine.nodes().hasQuorum(),
                engine.status(),
                engine.repairTotals());
    }

    static QosClasses classes(QosConfig config, BoundedScheduler scheduler) {
        List<QosClasses.ClassStatus> list = new ArrayList<>();
        for (ClassTraffic traffic : scheduler.traffic()) {
            String name = traffic.qos().name();
            QosClassConfig settings = Objects.requireNonNull(config.classes().get(name));
            list.add(new QosClasses.ClassStatus(
                    name,
                    settings.reservation().toString(),
                    settings.weight(),
                    settings.limit().toString(),
                    settings.queueBound(),
                    settings.dscp(),
                    traffic.bytesIn(),
                    traffic.bytesOut(),
                    traffic.refused()));
        }
        return new QosClasses(config.defaultClass(), list);
    }
}
