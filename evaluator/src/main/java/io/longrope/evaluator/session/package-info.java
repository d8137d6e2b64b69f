/**
 * Models in memory, and the plan of the memory they take. What {@code ./longrope bench memory} printed on 2026-11-30 on a machine of 2
 * cores and 24 GiB, every use in a process of its own, measured by its most resident memory (VmHWM), beside the plan as it
 * has been since; what a process takes by itself was 15 MiB more in it that day:
 * <pre>
 * use                                            parameters  length  precision   planned  measured  difference
 * score                                              5.60 M    8192        f32   424 MiB   405 MiB      +4.7 %
 * score                                              98.5 k  131072        f32   447 MiB   411 MiB     +8.8 %
 * score                                               853 M     512        f32  3.58 GiB  3.53 GiB      +1.3 %
 * score                                              1.57 G     512       bf16  3.35 GiB  3.34 GiB      +0.2 %
 * score                                               307 M    2048        f32  1.65 GiB  1.63 GiB      +0.9 %
 * score                                              1.57 G     512        f16  3.35 GiB  3.38 GiB      -1.0 %
 * score, the last 4096                               20.3 M   32768        f32   586 MiB   635 MiB      -7.7 %
 * generate                                           56.4 M    4096        f32   630 MiB   638 MiB      -1.3 %
 * generate                                           1.21 G     512        f32  4.91 GiB  4.87 GiB      +0.7 %
 * generate                                            246 M    2048        f16   846 MiB   850 MiB      -0.5 %
 * train, all weights                                 32.3 M    1024        f32  1.58 GiB  1.47 GiB      +7.2 %
 * train, all weights, recompute                      81.0 M    1024        f32  2.15 GiB  2.15 GiB      -0.2 %
 * train, all weights                                  201 M     512       bf16  4.96 GiB  5.05 GiB      -1.9 %
 * train, all weights, 2 beside each other             201 M     256        f32  5.13 GiB  5.21 GiB      -1.6 %
 * train, rank 16, recompute                          1.21 G     256       bf16  3.08 GiB  2.96 GiB      +3.9 %
 * train, rank 8, recompute, 2 beside each other      32.3 M    1024        f32  1.07 GiB  1.01 GiB      +5.5 %
 * </pre>
 * That is with the launcher's settings: huge pages for libtorch (without THP_MEM_ALLOC_ENABLE training in recomputed layers took up to 34 %
 * more than planned), two arenas for malloc, which otherwise keeps what each of a dozen was given back, and a heap of Java's that is
 * collected while it is small.
 */
package io.longrope.evaluator.session;
