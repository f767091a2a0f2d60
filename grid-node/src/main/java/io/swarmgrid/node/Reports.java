package io.swarmgrid.node;

import io.swarmgrid.client.wire.BalanceStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.QosClasses;
import io.swarmgrid.config.QosClassConfig;
import io.swarmgrid.config.QosConfig;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.qos.BoundedScheduler;
import io.swarmgrid.qos.ClassTraffic;
import io.swarmgrid.storage.membership.MetadataEngine;
import io.swarmgrid.storage.membership.Movement;
import io.swarmgrid.storage.membership.Nodes;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Objects;

/** What the node says of itself and of its grid when it is asked. */
final class Reports {
    private static final double PERCENT = 100;

    private Reports() {}

    static GridStatus grid(SwarmConfig config, MetadataEngine engine) {
        return new GridStatus(
                config.grid().name(),
                engine.gridId().toString(),
                Product.version(),
                config.nodeName(),
                engine.nodes().hasQuorum(),
                engine.status(),
                engine.repairTotals(),
                balance(engine.nodes()),
                engine.lostMetadata().orElse(null),
                engine.backups().last().orElse(null),
                engine.safeMode().status().on() ? engine.safeMode().status() : null);
    }

    private static BalanceStatus balance(Nodes nodes) {
        Movement movement = nodes.movement();
        DoubleSummaryStatistics taken = nodes.live().stream()
                .filter(node -> node.voter() && !node.draining() && node.capacityBytes() > 0)
                .mapToDouble(node -> PERCENT * node.usedBytes() / node.capacityBytes())
                .summaryStatistics();
        boolean known = taken.getCount() > 0;
        return new BalanceStatus(
                movement.balance() != 0,
                movement.thresholdPercent(),
                known ? taken.getMax() : 0,
                known ? taken.getMin() : 0);
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
