// SPDX-License-Identifier: GPL-2.0-only
/*
 * User side of the benchmark: what module.c does to paged pool, done by a
 * program to a shared mapping of a memfd.
 *
 *	bench_memfd TEST MB THREADS ROUNDS
 *
 * prints nanoseconds and units.
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE  4096ul
#define WORDS (PAGE / sizeof(uint64_t))

static uint64_t mb, threads, rounds, ns, units;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void *map_memfd(void)
{
	int fd = memfd_create("bench", 0);
	void *p;

	if (fd < 0 || ftruncate(fd, mb << 20))
		err(1, "memfd");
	p = mmap(NULL, mb << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

static uint64_t word_at(uint64_t page, uint64_t word, uint64_t pass)
{
	return (page << 16 | word) * 0x9E3779B97F4A7C15ull + pass;
}

static void write_page(uint64_t *p, uint64_t page, uint64_t pass)
{
	for (unsigned int i = 0; i < WORDS; i++)
		p[i] = word_at(page, i, pass);
}

static int page_is_right(const uint64_t *p, uint64_t page, uint64_t pass)
{
	for (unsigned int i = 0; i < WORDS; i++)
		if (((volatile const uint64_t *)p)[i] != word_at(page, i, pass))
			return 0;
	return 1;
}

struct load {
	char *base;
	uint64_t first, last, wrong;
	pthread_t thread;
};

static void *load_thread(void *arg)
{
	struct load *load = arg;

	for (uint64_t pass = 0; pass < 2; pass++) {
		for (uint64_t i = load->first; i < load->last; i++)
			write_page((void *)(load->base + i * PAGE), i, pass);
		for (uint64_t i = load->first; i < load->last; i++)
			load->wrong += !page_is_right((void *)(load->base + i * PAGE), i, pass);
	}
	return NULL;
}

static void paging_load(void)
{
	uint64_t pages = mb << 8, wrong = 0, t;
	char *base = map_memfd();
	struct load load[8] = {};

	t = now();
	for (uint64_t i = 0; i < threads; i++) {
		load[i].base = base;
		load[i].first = pages * i / threads;
		load[i].last = pages * (i + 1) / threads;
		if (pthread_create(&load[i].thread, NULL, load_thread, &load[i]))
			errx(1, "no thread");
	}
	for (uint64_t i = 0; i < threads; i++) {
		pthread_join(load[i].thread, NULL);
		wrong += load[i].wrong;
	}
	ns = now() - t;
	units = pages;
	if (wrong)
		errx(1, "%lu pages read back wrong", (unsigned long)wrong);
}

static void touch_all(char *base)
{
	for (uint64_t i = 0; i < mb << 20; i += PAGE)
		((volatile char *)base)[i] = 1;
}

static void soft_fault(void)
{
	char *base = map_memfd();

	touch_all(base);
	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t t;

		/* Takes the pages out of the page table, not out of memory. */
		if (madvise(base, mb << 20, MADV_DONTNEED))
			err(1, "madvise");
		t = now();
		touch_all(base);
		ns += now() - t;
		units += mb << 8;
	}
}

static uint64_t swapped_out(void)
{
	char line[128];
	uint64_t n = 0;
	FILE *f = fopen("/proc/vmstat", "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "pswpout ", 8))
			n = strtoull(line + 8, NULL, 10);
	if (f)
		fclose(f);
	return n;
}

static void trim(void)
{
	char *base = map_memfd();

	for (uint64_t i = 0; i < rounds; i++) {
		uint64_t t, before = swapped_out();

		touch_all(base);
		t = now();
		if (madvise(base, mb << 20, MADV_PAGEOUT))
			err(1, "madvise");
		ns += now() - t;
		units += swapped_out() - before;
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "paging-load", paging_load },
	{ "soft-fault", soft_fault },
	{ "trim", trim },
};

int main(int argc, char **argv)
{
	if (argc != 5)
		errx(2, "usage: bench_memfd TEST MB THREADS ROUNDS");
	mb = strtoull(argv[2], NULL, 10);
	threads = strtoull(argv[3], NULL, 10);
	rounds = strtoull(argv[4], NULL, 10);
	if (!threads || threads > 8)
		errx(2, "1 to 8 threads");
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (strcmp(tests[i].name, argv[1]))
			continue;
		tests[i].run();
		printf("%lu %lu\n", (unsigned long)ns, (unsigned long)units);
		return 0;
	}
	errx(2, "there is no test '%s'", argv[1]);
}
