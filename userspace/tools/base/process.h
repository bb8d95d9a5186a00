/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory and processors, for what is shown by several processes. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A page that both processes have at one address, by fork(). */
void *shared_address(void);
/* Memory that really is shared by parent and child, for what they report. */
void *shared_memory(size_t size);
/* Keeps the caller on @cpu; false if that CPU is not there. */
bool run_on_cpu(unsigned int cpu);
void run_anywhere(void);
/* Has this child ended, or never begun?  It is still there for waitpid(). */
bool has_ended(pid_t child);

#endif
