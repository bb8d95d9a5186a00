// SPDX-License-Identifier: GPL-2.0-only
/* The map as text and as JSON: its regions, and sums of them. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/say.h"
#include "base/table.h"
#include "base/units.h"
#include "map/map.h"

/* One half of the addresses, from its first to its last. */
struct half {
	const struct map *map;
	uint64_t first, last;
};

static struct half user_half(const struct map *map)
{
	return (struct half){ map, 0, map->user_end };
}

static struct half system_half(const struct map *map)
{
	return (struct half){ map, map->system_start, UINT64_MAX };
}

/* The first region at @i or behind it that lies in the half, or NULL. */
static const struct region *next_in(const struct half *half, size_t *i)
{
	for (; *i < half->map->count; ++*i) {
		const struct region *region = &half->map->regions[*i];

		if (region->start >= half->first && region->start <= half->last) {
			++*i;
			return region;
		}
	}
	return NULL;
}

static void print_title(const struct map *map, bool user)
{
	if (user)
		printf("%sUser space of process %d (%s)%s\n", paint(BOLD), map->pid,
		       map->comm, paint(PLAIN));
	else
		printf("%sSystem space%s\n", paint(BOLD), paint(PLAIN));
}

/* --- regions --------------------------------------------------------------- */

static const struct column region_columns[] = {
	{ "BaseAddress", "base" },
	{ "EndAddress", "end" },
	{ "RegionSize", "size" },
	{ "Type", "type" },
	{ "State", "state" },
	{ "Protect", "protect" },
	{ "Resident", "resident" },
	{ "Transition", "transition" },
	{ "In swap", "swapped" },
	{ "Usage", "usage" },
	{ "Of", "detail" },
	{ NULL, NULL },
};

static void add_text_or_none(struct table *table, const char *text)
{
	if (text)
		table_text(table, "%s", text);
	else
		table_no_text(table);
}

static void add_region(struct table *table, const struct region *region)
{
	table_hex(table, region->start);
	table_hex(table, region_last(region));
	table_bytes(table, region->size);
	table_text(table, "%s", type_name(region->type));
	table_text(table, "%s", state_name(region));
	add_text_or_none(table, region->protect);
	table_bytes(table, region->resident);
	table_bytes(table, region->transition);
	table_bytes(table, region->swapped);
	table_text(table, "%s", usage_name(region->usage));
	add_text_or_none(table, region->detail);
}

static struct table *regions_of(struct half half)
{
	struct table *table = table_new(region_columns);
	const struct region *region;
	size_t i = 0;

	while ((region = next_in(&half, &i)))
		add_region(table, region);
	return table;
}

/* --- sums ------------------------------------------------------------------ */

#define MAX_SUMS 32

struct sum {
	const char *name;
	uint64_t regions, size, resident, transition, swapped;
};

struct sums {
	struct sum array[MAX_SUMS];
	size_t count;
};

/* What the regions of a sum have in common. */
typedef const char *(*common)(const struct region *region);

static const char *usage_of(const struct region *region)
{
	return usage_name(region->usage);
}

static const char *type_of(const struct region *region)
{
	return type_name(region->type);
}

static const char *protect_of(const struct region *region)
{
	return region->protect ? region->protect : "none";
}

static struct sum *sum_named(struct sums *sums, const char *name)
{
	size_t i;

	for (i = 0; i < sums->count && strcmp(sums->array[i].name, name); i++)
		;
	if (i == sums->count)
		sums->array[sums->count++].name = name;
	return &sums->array[i];
}

static void add_up(struct sum *sum, const struct region *region)
{
	sum->regions++;
	sum->size += region->size;
	sum->resident += region->resident;
	sum->transition += region->transition;
	sum->swapped += region->swapped;
}

static struct sums sum_up(struct half half, common name_of)
{
	struct sums sums = { .count = 0 };
	const struct region *region;
	size_t i = 0;

	while ((region = next_in(&half, &i)))
		add_up(sum_named(&sums, name_of(region)), region);
	return sums;
}

/* Free regions are what lies between the others. */
static struct sum sum_of_free(struct half half)
{
	struct sum sum = { .name = "MEM_FREE" };
	const struct region *region;
	uint64_t from = half.first;
	size_t i = 0;

	while ((region = next_in(&half, &i))) {
		sum.regions += region->start > from;
		sum.size += region->start - from;
		from = region->start + region->size;
	}
	if (from) /* else the last region ends where addresses end */
		sum.size += half.last - from + 1;
	sum.regions += from && from <= half.last;
	return sum;
}

static void add_sum(struct table *table, const struct sum *sum)
{
	table_text(table, "%s", sum->name);
	table_number(table, sum->regions);
	table_bytes(table, sum->size);
	table_bytes(table, sum->resident);
	table_bytes(table, sum->transition);
	table_bytes(table, sum->swapped);
}

static struct table *sums_table(const struct column *columns, struct half half,
				common name_of)
{
	struct sums sums = sum_up(half, name_of);
	struct table *table = table_new(columns);
	struct sum rest = sum_of_free(half);
	size_t i;

	for (i = 0; i < sums.count; i++)
		add_sum(table, &sums.array[i]);
	if (name_of == state_name)
		add_sum(table, &rest);
	return table;
}

/* The columns of a summary: what it is by, and sums. */
/* clang-format off */
#define SUM_COLUMNS(title, key)						\
	{ { title, key }, { "RgnCount", "regions" },			\
	  { "Total Size", "size" }, { "Resident", "resident" },		\
	  { "Transition", "transition" }, { "In swap", "swapped" },	\
	  { NULL, NULL } }
/* clang-format on */

static const struct {
	const char *key;
	common name_of;
	struct column columns[7];
} summaries[] = {
	{ "usage", usage_of, SUM_COLUMNS("Usage", "usage") },
	{ "type", type_of, SUM_COLUMNS("Type", "type") },
	{ "state", state_name, SUM_COLUMNS("State", "state") },
	{ "protect", protect_of, SUM_COLUMNS("Protect", "protect") },
};

#define SUMMARIES (sizeof(summaries) / sizeof(summaries[0]))

/* --- output ---------------------------------------------------------------- */

static void print_regions(const struct map *map, bool user)
{
	struct table *table = regions_of(user ? user_half(map) : system_half(map));

	print_title(map, user);
	table_print(table, 2);
	table_free(table);
}

void map_print(const struct map *map)
{
	if (map->pid) {
		print_regions(map, true);
		putchar('\n');
	}
	print_regions(map, false);
}

static void print_sums(const struct map *map, bool user)
{
	struct half half = user ? user_half(map) : system_half(map);
	size_t i;

	print_title(map, user);
	for (i = 0; i < SUMMARIES; i++) {
		struct table *table = sums_table(summaries[i].columns, half,
						 summaries[i].name_of);

		if (i)
			putchar('\n');
		table_print(table, 2);
		table_free(table);
	}
}

void map_print_summary(const struct map *map)
{
	char bytes[BYTES_TEXT];

	if (map->pid) {
		print_sums(map, true);
		putchar('\n');
	}
	print_sums(map, false);
	printf("\n  Of the direct map %s are blocks of nonpaged pool.\n",
	       format_bytes(map->nonpaged, bytes));
}

static struct json_object *rows_json(struct table *table)
{
	struct json_object *rows = table_json(table);

	table_free(table);
	return rows;
}

static struct json_object *sums_json(struct half half)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < SUMMARIES; i++)
		json_object_object_add(object, summaries[i].key,
				       rows_json(sums_table(summaries[i].columns, half,
							    summaries[i].name_of)));
	return object;
}

static struct json_object *half_json(struct half half, bool summary)
{
	struct json_object *object = json_object_new_object();

	if (!summary)
		json_object_object_add(object, "regions", rows_json(regions_of(half)));
	json_object_object_add(object, "summary", sums_json(half));
	return object;
}

static struct json_object *user_json(const struct map *map, bool summary)
{
	struct json_object *object = half_json(user_half(map), summary);

	json_add_number(object, "pid", map->pid);
	json_add_text(object, "comm", map->comm);
	return object;
}

void map_print_json(const struct map *map, bool summary)
{
	struct json_object *object = json_object_new_object();
	struct json_object *system = half_json(system_half(map), summary);

	json_add_number(system, "nonpaged_in_direct_map", map->nonpaged);
	json_object_object_add(object, "user", map->pid ? user_json(map, summary) : NULL);
	json_object_object_add(object, "system", system);
	json_print(object);
}
