// SPDX-License-Identifier: GPL-2.0-only
/* What is left of all requests: memory, pinned and locked pages, sessions. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "soak/soak.h"

/* Each CPU keeps what it has counted for a second or so: now all is added up. */
static void refresh_vmstat(void)
{
	int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) < 0)
		bad("/proc/vmstat cannot be brought up to date: %s",
		    strerror(errno));
	close(fd);
}

static long vmstat(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	char found[128];
	long value = -1, number;

	while (file && fscanf(file, "%127s %ld", found, &number) == 2)
		if (!strcmp(found, name))
			value = number;
	if (file)
		fclose(file);
	return value;
}

static long kilobytes(const char *name)
{
	FILE *file = fopen("/proc/self/status", "r");
	size_t length = strlen(name);
	char line[256];
	long value = -1;

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, length) && line[length] == ':')
			value = atol(line + length + 1);
	if (file)
		fclose(file);
	return value;
}

long locked_kilobytes(void)
{
	return kilobytes("VmPin") + kilobytes("VmLck");
}

struct counts count_all(int fd)
{
	struct counts counts;
	struct ntpool_stats_get get = {
		.stats = (uintptr_t)&counts.stats,
		.size = sizeof(counts.stats),
	};

	memset(&counts, 0, sizeof(counts));
	if (call(fd, NTPOOL_IOC_STATS, &get))
		bad("no statistics");
	refresh_vmstat();
	counts.acquired = vmstat("nr_foll_pin_acquired");
	counts.released = vmstat("nr_foll_pin_released");
	return counts;
}

long pinned_since(const struct counts *before, const struct counts *now)
{
	return (now->acquired - before->acquired) -
	       (now->released - before->released);
}

bool at_rest(const struct counts *before, const struct counts *now)
{
	return now->stats.requests_started == now->stats.requests_completed &&
	       now->stats.nonpaged_bytes == before->stats.nonpaged_bytes &&
	       now->stats.sessions == before->stats.sessions &&
	       !pinned_since(before, now);
}

struct counts settle(int fd, const struct counts *before)
{
	struct counts now;

	for (int tries = 0; tries < 2000; tries++) {
		now = count_all(fd);
		if (at_rest(before, &now))
			break;
		pause_ms(5);
	}
	return now;
}

struct counts calm(int fd)
{
	struct counts before, now = count_all(fd);

	for (int tries = 0; tries < 100; tries++) {
		before = now;
		pause_ms(20);
		now = count_all(fd);
		if (at_rest(&before, &now))
			return now;
	}
	bad("it does not come to rest");
	return now;
}
