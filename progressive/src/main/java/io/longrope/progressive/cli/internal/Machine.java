package io.longrope.progressive.cli.internal;

import com.sun.management.OperatingSystemMXBean;

import java.lang.management.ManagementFactory;

/** What this machine, or the container this process runs in, has. */
public final class Machine {

    private Machine() {
    }

    public static long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    public static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }
}
