package io.longrope.evaluator.worker;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Structure;

/** What is allocated in this process outside of Java's heap, PyTorch's tensors on the CPU among it, as the C library counts it. */
final class NativeMemory {

    private static final CLibrary LIBRARY = Native.load("c", CLibrary.class);

    /** Of glibc 2.33 and newer. */
    public interface CLibrary extends Library {

        Info mallinfo2();
    }

    /** Its struct of that name. */
    @Structure.FieldOrder({"arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"})
    public static final class Info extends Structure implements Structure.ByValue {

        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        /** Bytes in mapped blocks. */
        public long hblkhd;
        public long usmblks;
        public long fsmblks;
        /** Bytes in other blocks that are in use. */
        public long uordblks;
        public long fordblks;
        public long keepcost;
    }

    private NativeMemory() {
    }

    static long bytes() {
        var info = LIBRARY.mallinfo2();
        return info.hblkhd + info.uordblks;
    }
}
