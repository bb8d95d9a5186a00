// SPDX-License-Identifier: GPL-2.0-only
/* What Linux itself says, from /proc. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/proc.h"

/* The number behind @name in a file of lines "name number" or "name: number". */
static uint64_t number_in(const char *path, const char *name)
{
	size_t length = strlen(name);
	uint64_t value = 0;
	char line[128];
	FILE *file = fopen(path, "r");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, length) ||
		    (line[length] != ' ' && line[length] != ':'))
			continue;
		sscanf(line + length + 1, "%" SCNu64, &value);
		break;
	}
	fclose(file);
	return value;
}

uint64_t proc_meminfo(const char *name)
{
	return number_in("/proc/meminfo", name) * 1024;
}

/* Who may not see addresses sees ranges from 0 to 0. */
uint64_t proc_memory(void)
{
	FILE *file = fopen("/proc/iomem", "r");
	uint64_t start, end, sum = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2 &&
		    line[0] != ' ' && strstr(line, " : System RAM") && end)
			sum += end - start + 1;
	if (file)
		fclose(file);
	return sum ? sum : proc_meminfo("MemTotal");
}

uint64_t proc_vmstat(const char *name)
{
	return number_in("/proc/vmstat", name);
}

size_t proc_swaps(struct proc_swap *swaps, size_t room)
{
	FILE *file = fopen("/proc/swaps", "r");
	size_t count = 0;
	char line[512];

	if (!file)
		return 0;
	/* The first line has the titles. */
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	while (count < room && fgets(line, sizeof(line), file)) {
		struct proc_swap *swap = &swaps[count];

		if (sscanf(line, "%255s %*s %" SCNu64 " %" SCNu64, swap->path,
			   &swap->size, &swap->used) != 3)
			continue;
		swap->size *= 1024;
		swap->used *= 1024;
		count++;
	}
	fclose(file);
	return count;
}

/* Documentation/admin-guide/mm/pagemap.rst */
static struct proc_page decode(uint64_t entry)
{
	uint64_t low = entry & ((1ull << 55) - 1);
	struct proc_page page = {
		.present = entry >> 63 & 1,
		.swapped = entry >> 62 & 1,
	};

	if (page.present)
		page.frame = low;
	if (page.swapped)
		page.slot = low >> 5;
	return page;
}

bool proc_pagemap(const void *address, struct proc_page *pages, size_t count)
{
	uint64_t first = (uintptr_t)address / sysconf(_SC_PAGESIZE);
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry;
	size_t i;

	if (fd < 0)
		return false;
	for (i = 0; i < count; i++) {
		if (pread(fd, &entry, sizeof(entry), (first + i) * sizeof(entry)) !=
		    sizeof(entry))
			break;
		pages[i] = decode(entry);
	}
	close(fd);
	return i == count;
}
