// SPDX-License-Identifier: GPL-2.0-only
/* Memory and processors, for what is shown by several processes. */
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/process.h"
#include "base/say.h"

void *shared_address(void)
{
	size_t size = sysconf(_SC_PAGESIZE);
	void *page = map_pages(size);

	/* Written once, so that there is a page and not the shared zero page. */
	memset(page, 0, size);
	return page;
}

void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		exit(fail("out of memory"));
	return memory;
}

bool run_on_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) == 0;
}

void run_anywhere(void)
{
	cpu_set_t set;
	int cpu;

	CPU_ZERO(&set);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

bool has_ended(pid_t child)
{
	siginfo_t info = { 0 };

	/* With WNOHANG the pid stays 0 as long as it runs. */
	return child <= 0 ||
	       waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid;
}
