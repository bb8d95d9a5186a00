/* SPDX-License-Identifier: GPL-2.0-only */
/* The control codes of the device that is measured; both sides read this. */
#ifndef BENCH_DEVICE_H
#define BENCH_DEVICE_H

#define BENCH_DEVICE "\\\\.\\NtpoolBench"

#define BENCH_CODE(function, method) ((0x22u << 16) | ((function) << 2) | (method))

#define BENCH_ECHO   BENCH_CODE(0x800u, 0u) /* buffered; completed in an interrupt's DPC */
#define BENCH_ANSWER BENCH_CODE(0x803u, 0u) /* buffered; completed in the dispatch routine */
#define BENCH_FILL   BENCH_CODE(0x801u, 2u) /* out direct; filled in the dispatch routine */
#define BENCH_HOLD   BENCH_CODE(0x802u, 0u) /* buffered; pending until it is cancelled */

#endif /* BENCH_DEVICE_H */
