package io.swarmgrid.client.net;

import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The threads that serve the sockets of one {@link Channels}: epoll where the system has it, else Java's selectors. gRPC's
 * own are shared by the whole process and outlive the last connection by a second, and a JVM that ends while a thread is
 * in a system call waits 0.3 s for it.
 */
final class EventLoops {
    private final EventLoopGroup group;
    private final Class<? extends Channel> channelType;

    EventLoops() {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        // Netty's default number of threads, each of which starts with its first connection.
        group = new MultiThreadIoEventLoopGroup(0, new DefaultThreadFactory("swarm-connections", true), handlers);
        channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    void serve(NettyChannelBuilder builder) {
        builder.eventLoopGroup(group).channelType(channelType);
    }

    /** Ends the threads, once no channel is open any more; waits for that as long as {@code patience}. */
    void close(Duration patience) {
        group.shutdownGracefully(0, patience.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(patience.toMillis());
    }
}
