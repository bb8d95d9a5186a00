// SPDX-License-Identifier: GPL-2.0-only
/*
 * System space but for the module's own: the program headers of /proc/kcore tell its parts,
 * and the page tables what is mapped in those that are not mapped as a whole.
 * (/proc/vmallocinfo has no real addresses unless kernel.kptr_restrict is 1.)
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/say.h"
#include "base/units.h"
#include "map/map.h"

/* Kernel and modules lie in the uppermost 2 GB, above them a page for old programs. */
#define LOWEST_CODE  0xffffffff80000000ull
#define VSYSCALL_END 0xffffffffff601000ull

/* --- modules --------------------------------------------------------------- */

static void name_region(struct region *region, const char *name)
{
	bool other = region->detail && strcmp(region->detail, name);

	free(region->detail);
	region->detail = must_printf("%s", other ? "several" : name);
}

/*
 * The regions from the one that has a module's address: its own lie side by side, unless
 * the kernel keeps the code of several modules in one page.
 */
static void name_module(struct map *map, uint64_t address, const char *name)
{
	struct region *region = map_find(map, address);
	struct region *end = map->regions + map->count;
	uint64_t next;

	if (!region)
		return;
	do {
		name_region(region, name);
		next = region_last(region) + 1;
		region++;
	} while (region < end && region->start == next && region->usage == USED_MODULE);
}

/* "ntpool 544768 0 - Live 0xffffffffc0a00000 (OE)" */
void map_modules(struct map *map)
{
	FILE *file = fopen("/proc/modules", "re");
	char *line = NULL, name[64];
	uint64_t address;
	size_t room = 0;

	while (file && getline(&line, &room, file) > 0)
		if (sscanf(line, "%63s %*s %*s %*s %*s %" SCNx64, name, &address) == 2)
			name_module(map, address, name);
	free(line);
	if (file)
		fclose(file);
}

/* --- the parts ------------------------------------------------------------- */

static int add_whole(struct map *map, const Elf64_Phdr *header, enum usage usage)
{
	struct region *region = map_add(map, header->p_vaddr, header->p_memsz, usage);

	region->resident = header->p_memsz;
	return 0;
}

/*
 * Where memory stands behind addresses for good the header has its physical address.
 * Of the others vmalloc has terabytes, and modules lie beside the kernel.
 */
static int take_header(struct map *map, const struct map *taken,
		       struct ntpool *session, const Elf64_Phdr *header)
{
	bool physical = header->p_paddr != ~0ull;
	bool high = header->p_vaddr >= LOWEST_CODE;
	uint64_t last = header->p_vaddr + header->p_memsz - 1;

	if (header->p_type != PT_LOAD || header->p_vaddr < map->system_start ||
	    last + 1 == VSYSCALL_END)
		return 0;
	if (high)
		return map_tables(map, taken, session, header->p_vaddr, last,
				  physical ? USED_KERNEL : USED_MODULE);
	if (physical)
		return add_whole(map, header, USED_DIRECT);
	if (header->p_memsz < TIB)
		return add_whole(map, header, USED_VMEMMAP);
	return map_tables(map, taken, session, header->p_vaddr, last, USED_VMALLOC);
}

/* NULL where they cannot be read. */
static Elf64_Phdr *read_headers(FILE *file, size_t *count)
{
	Elf64_Phdr *headers;
	Elf64_Ehdr elf;

	if (fread(&elf, sizeof(elf), 1, file) != 1 ||
	    elf.e_phentsize != sizeof(*headers) ||
	    fseek(file, elf.e_phoff, SEEK_SET))
		return NULL;
	*count = elf.e_phnum;
	headers = must_calloc(*count, sizeof(*headers));
	if (fread(headers, sizeof(*headers), *count, file) == *count)
		return headers;
	free(headers);
	return NULL;
}

/* A kernel that is locked down does not give it away. */
static Elf64_Phdr *parts(size_t *count)
{
	FILE *file = fopen("/proc/kcore", "re");
	Elf64_Phdr *headers = file ? read_headers(file, count) : NULL;

	if (!headers)
		note("all but the pools is left out of system space, as /proc/kcore cannot be read: %s",
		     strerror(errno));
	if (file)
		fclose(file);
	return headers;
}

int map_kernel(struct map *map, const struct map *taken, struct ntpool *session)
{
	size_t count = 0, i;
	Elf64_Phdr *headers = parts(&count);
	int status = 0;

	for (i = 0; headers && !status && i < count; i++)
		status = take_header(map, taken, session, &headers[i]);
	free(headers);
	return status;
}
