package io.swarmgrid.storage.batch;

import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** How the values of a type lie in memory, as the Arrow columnar format has it. */
enum Layout {
    NULL,
    BITS,
    FIXED,
    VARIABLE,
    LARGE_VARIABLE,
    VIEW,
    LIST,
    LARGE_LIST,
    LIST_VIEW,
    LARGE_LIST_VIEW,
    FIXED_LIST,
    STRUCT,
    SPARSE_UNION,
    DENSE_UNION,
    RUN_ENDS;

    static Layout of(ArrowType type) {
        return switch (type.getTypeID()) {
            case Null -> NULL;
            case Bool -> BITS;
            case Int, FloatingPoint, FixedSizeBinary, Decimal, Date, Time, Timestamp, Interval, Duration -> FIXED;
            case Utf8, Binary -> VARIABLE;
            case LargeUtf8, LargeBinary -> LARGE_VARIABLE;
            case Utf8View, BinaryView -> VIEW;
            case List, Map -> LIST;
            case LargeList -> LARGE_LIST;
            case ListView -> LIST_VIEW;
            case LargeListView -> LARGE_LIST_VIEW;
            case FixedSizeList -> FIXED_LIST;
            case Struct -> STRUCT;
            case Union -> union(type).getMode() == UnionMode.Dense ? DENSE_UNION : SPARSE_UNION;
            case RunEndEncoded -> RUN_ENDS;
            case NONE -> throw new IllegalArgumentException("not a type: " + type);
        };
    }

    /** Bytes of one value of a type whose layout is {@link #FIXED}. */
    static int widthBytes(ArrowType type) {
        return TypeLayout.getTypeLayout(storage(type)).getBufferLayouts().get(1).getTypeBitWidth() / Byte.SIZE;
    }

    static ArrowType.Union union(ArrowType type) {
        return (ArrowType.Union) storage(type);
    }

    static ArrowType storage(ArrowType type) {
        return type instanceof ArrowType.ExtensionType extension ? extension.storageType() : type;
    }
}
