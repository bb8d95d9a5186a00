// SPDX-License-Identifier: GPL-2.0-only
/* Thresholds: what sets the exit status. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "base/wildcard.h"
#include "monitor/monitor.h"

/* A tag may have a '=' itself, so it is the last one that counts. */
bool threshold_parse(const char *word, struct threshold *threshold)
{
	const char *equals = strrchr(word, '=');

	if (!equals)
		return false;
	*threshold = (struct threshold){
		.pattern = must_printf("%.*s", (int)(equals - word), word),
		.growth = equals[1] == '+',
	};
	return wildcard_valid(threshold->pattern) &&
	       parse_size(equals + 1 + threshold->growth, &threshold->bytes);
}

/* What @threshold is held against. */
static uint64_t measured(const struct monitor *monitor,
			 const struct threshold *threshold, uint32_t tag)
{
	uint64_t now = sample_bytes(&monitor->now, tag);
	uint64_t before = 0;

	if (threshold->growth)
		before = sample_bytes(&monitor->first, tag);
	return now > before ? now - before : 0;
}

const struct threshold *threshold_passed(const struct monitor *monitor,
					 uint32_t tag)
{
	const struct settings *settings = &monitor->settings;
	size_t i;

	for (i = 0; i < settings->threshold_count; i++) {
		const struct threshold *threshold = &settings->thresholds[i];

		if (wildcard_match(threshold->pattern, tag) &&
		    measured(monitor, threshold, tag) > threshold->bytes)
			return threshold;
	}
	return NULL;
}

bool thresholds_check(const struct monitor *monitor, FILE *to)
{
	const struct sample *now = &monitor->now;
	char text[NTPOOL_TAG_TEXT];
	bool passed = false;
	size_t i;

	for (i = 0; i < now->count; i++) {
		uint32_t tag = now->rows[i].tag;
		const struct threshold *threshold = threshold_passed(monitor, tag);

		/* A tag may have a row for each pool. */
		if (!threshold || (i && now->rows[i - 1].tag == tag))
			continue;
		passed = true;
		if (to)
			fprintf(to, "ntpool: tag %s %s %" PRIu64 " bytes, more than %" PRIu64 "\n",
				ntpool_tag_unpack(tag, text),
				threshold->growth ? "has grown by" : "has",
				measured(monitor, threshold, tag), threshold->bytes);
	}
	return passed;
}
