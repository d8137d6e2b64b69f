/**
 * Models in memory, and the plan of the memory they take. What {@code ./longrope bench memory} printed on 2026-11-28 on a machine of 2
 * cores and 24 GiB, every use in a process of its own, measured by its most resident memory (VmHWM):
 * <pre>
 * use                                            parameters  length  precision   planned  measured  difference
 * score                                              5.60 M    8192        f32   423 MiB   417 MiB      +1.4 %
 * score                                              98.5 k  131072        f32   460 MiB   419 MiB      +9.8 %
 * score                                               853 M     512        f32  3.56 GiB  3.58 GiB      -0.5 %
 * score                                              1.57 G     512       bf16  3.34 GiB  3.35 GiB      -0.3 %
 * score                                               307 M    2048        f32  1.60 GiB  1.66 GiB      -3.6 %
 * generate                                           56.4 M    4096        f32   645 MiB   687 MiB      -6.1 %
 * generate                                           1.21 G     512        f32  4.92 GiB  4.90 GiB      +0.4 %
 * train, all weights                                 32.3 M    1024        f32  1.59 GiB  1.47 GiB      +8.0 %
 * train, all weights, recompute                      81.0 M    1024        f32  2.16 GiB  2.07 GiB      +4.4 %
 * train, all weights                                  201 M     512       bf16  4.97 GiB  5.04 GiB      -1.3 %
 * train, all weights, 2 beside each other             201 M     256        f32  5.14 GiB  5.45 GiB      -5.6 %
 * train, rank 16, recompute                          1.21 G     256       bf16  3.09 GiB  3.05 GiB      +1.4 %
 * train, rank 8, recompute, 2 beside each other      32.3 M    1024        f32  1.08 GiB  1.18 GiB      -8.4 %
 * </pre>
 * The launcher has libtorch ask for huge pages. Without them (THP_MEM_ALLOC_ENABLE unset) malloc keeps more of what training gives back:
 * scoring and generating stay within 7 % of the plan, training in recomputed layers took up to 34 % more than planned.
 */
package io.longrope.evaluator.session;
