package io.swarmgrid.storage.dataset;

import io.swarmgrid.storage.batch.BatchPlan;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/** The body of a record batch as it will be in the file: the sizes of its buffers, and then its bytes. */
interface BatchBody extends AutoCloseable {
    /** Of each buffer, bytes, without padding. */
    long[] partBytes();

    /** Writes all buffers, each padded with zeros to {@link ArrowFileWriting#ALIGNMENT}. */
    void fill(long address);

    @Override
    void close();

    static BatchBody of(BatchPlan plan, Compression compression, BufferAllocator allocator) {
        return compression == Compression.NONE ? new Plain(plan) : Compressed.of(plan, compression, allocator);
    }

    /** Copied straight from the batches that the plan borrows. */
    record Plain(BatchPlan plan) implements BatchBody {
        @Override
        public long[] partBytes() {
            return plan.partBytes();
        }

        @Override
        public void fill(long address) {
            plan.fill(address, ArrowFileWriting.ALIGNMENT);
        }

        @Override
        public void close() {}
    }

    /** Owns the compressed buffers until closed. */
    record Compressed(List<ArrowBuf> buffers) implements BatchBody {
        static Compressed of(BatchPlan plan, Compression compression, BufferAllocator allocator) {
            CompressionCodec codec = compression.codec();
            Compressed body = new Compressed(new ArrayList<>());
            try (ArrowRecordBatch batch = plan.toBatch(allocator)) {
                for (ArrowBuf buffer : batch.getBuffers()) {
                    buffer.getReferenceManager().retain(); // the codec releases what it is given
                    body.buffers.add(codec.compress(allocator, buffer));
                }
                return body;
            } catch (RuntimeException e) {
                body.close();
                throw e;
            }
        }

        @Override
        public long[] partBytes() {
            return buffers.stream().mapToLong(ArrowBuf::writerIndex).toArray();
        }

        @Override
        public void fill(long address) {
            long at = address;
            for (ArrowBuf buffer : buffers) {
                long bytes = buffer.writerIndex();
                long padded = BatchPlan.align(bytes, ArrowFileWriting.ALIGNMENT);
                MemoryUtil.copyMemory(buffer.memoryAddress(), at, bytes);
                MemoryUtil.setMemory(at + bytes, padded - bytes, (byte) 0);
                at += padded;
            }
        }

        @Override
        public void close() {
            buffers.forEach(ArrowBuf::close);
            buffers.clear();
        }
    }
}
