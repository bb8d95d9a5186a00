// SPDX-License-Identifier: GPL-2.0-only
/* The blocks of a script: their names, alloc, free and list. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/table.h"
#include "base/units.h"
#include "script/script.h"

struct block *block_named(struct script *script, const char *name)
{
	struct block *block;

	for (block = script->blocks; block; block = block->next)
		if (!strcmp(block->name, name))
			return block;
	return NULL;
}

/* Every command that takes a block says in its answer which. */
struct block *block_of(struct script *script, const struct word *word)
{
	struct block *block = block_named(script, word->text);

	if (block)
		json_add_text(script->answer, "name", block->name);
	else
		wrong(script, "there is no block '%s'", word->text);
	return block;
}

void block_forget(struct script *script, struct block *block)
{
	struct block **at = &script->blocks;

	while (*at != block)
		at = &(*at)->next;
	*at = block->next;
	free(block->name);
	free(block);
}

void script_forget_all(struct script *script)
{
	while (script->blocks)
		block_forget(script, script->blocks);
	free(script->bugchecks);
}

/* The kernel would only say that an argument is invalid. */
int check_range(struct script *script, const struct block *block,
		uint64_t offset, uint64_t length)
{
	if (!length)
		return wrong(script, "a length is at least 1 byte");
	if (offset <= block->size && length <= block->size - offset)
		return 0;
	return wrong(script,
		     "'%s' has %" PRIu64 " byte%s; %" PRIu64 " + %" PRIu64 " is beyond its end",
		     block->name, block->size, block->size == 1 ? "" : "s",
		     offset, length);
}

static void remember(struct script *script, const char *name,
		     const struct ntpool_alloc *alloc)
{
	struct block *block = must_calloc(1, sizeof(*block));

	block->name = must_printf("%s", name);
	block->handle = alloc->handle;
	block->size = alloc->size;
	block->tag = alloc->tag;
	block->paged = alloc->pool_flags & NTPOOL_FLAG_PAGED;
	block->next = script->blocks;
	script->blocks = block;
}

static int take_flags(struct script *script, int argc, struct word *argv,
		      uint64_t *flags)
{
	static const char *const names[] = { "quota", "uninitialized",
					     "aligned", "raise",
					     "special", NULL };
	static const uint64_t values[] = {
		NTPOOL_FLAG_USE_QUOTA,
		NTPOOL_FLAG_UNINITIALIZED,
		NTPOOL_FLAG_CACHE_ALIGNED,
		NTPOOL_FLAG_RAISE_ON_FAILURE,
		NTPOOL_FLAG_SPECIAL_POOL,
	};
	uint32_t choice;
	int i;

	for (i = 0; i < argc; i++) {
		if (take_choice(script, &argv[i], names, &choice))
			return -1;
		*flags |= values[choice];
	}
	return 0;
}

/* A name that is a number could not be told from an address in 'walk'. */
static int check_name(struct script *script, const char *name)
{
	uint64_t number;

	if (parse_number(name, &number) || !strcmp(name, "all"))
		return wrong(script, "'%s' cannot be a block's name", name);
	if (block_named(script, name))
		return wrong(script, "there is a block '%s' already", name);
	return 0;
}

static int take_alloc(struct script *script, int argc, struct word *argv,
		      struct ntpool_alloc *alloc)
{
	static const char *const pools[] = { "paged", "nonpaged", NULL };
	uint32_t pool;

	if (check_name(script, argv[0].text) ||
	    take_choice(script, &argv[1], pools, &pool) ||
	    take_size(script, &argv[2], "size", (uint64_t *)&alloc->size))
		return -1;
	if (!alloc->size)
		return wrong(script, "a block has at least 1 byte");
	if (ntpool_tag_pack(argv[3].text, &alloc->tag))
		return wrong(script, "'%s' is no tag: one to four characters",
			     argv[3].text);
	alloc->pool_flags = pool ? NTPOOL_FLAG_NON_PAGED : NTPOOL_FLAG_PAGED;
	return take_flags(script, argc - 4, argv + 4,
			  (uint64_t *)&alloc->pool_flags);
}

int cmd_alloc(struct script *script, int argc, struct word *argv)
{
	struct ntpool_alloc alloc = { 0 };
	char bytes[BYTES_TEXT], tag[NTPOOL_TAG_TEXT], address[ADDRESS_TEXT];
	int err;

	if (take_alloc(script, argc, argv, &alloc))
		return -1;
	err = ntpool_alloc(script->session, alloc.pool_flags, alloc.size,
			   alloc.tag, &alloc);
	if (err)
		return refused(script, "allocate", err);
	json_add_text(script->answer, "name", argv[0].text);
	json_add_text(script->answer, "pool", argv[1].text);
	json_add_number(script->answer, "size", alloc.size);
	json_add_text(script->answer, "tag", ntpool_tag_unpack(alloc.tag, tag));
	if (alloc.handle) {
		remember(script, argv[0].text, &alloc);
		json_add_number(script->answer, "handle", alloc.handle);
		json_object_object_add(script->answer, "address",
				       json_hex(alloc.address));
	}
	say(script, "%s: %s %s pool, tag '%s'", argv[0].text,
	    format_bytes(alloc.size, bytes), argv[1].text, tag);
	if (alloc.address)
		say(script, ", at %s", format_address(alloc.address, address));
	say(script, "\n");
	return verdict(script, alloc.status, alloc.bugcheck);
}

int cmd_free(struct script *script, int argc, struct word *argv)
{
	struct block *block = block_of(script, &argv[0]);
	struct ntpool_free answer;
	uint32_t tag = 0;
	int err;

	if (!block)
		return -1;
	if (argc > 1 && ntpool_tag_pack(argv[1].text, &tag))
		return wrong(script, "'%s' is no tag: one to four characters",
			     argv[1].text);
	err = ntpool_free(script->session, block->handle, tag, &answer);
	if (err)
		return refused(script, "free the block", err);
	if (NTPOOL_SUCCESS(answer.status)) {
		say(script, "%s: freed\n", block->name);
		block_forget(script, block);
	} else {
		say(script, "%s: not freed\n", block->name);
	}
	return verdict(script, answer.status, answer.bugcheck);
}

int cmd_list(struct script *script, int argc, struct word *argv)
{
	static const struct column columns[] = {
		{ "Block", "name" },
		{ "Size", "size" },
		{ "Tag", "tag" },
		{ "Handle", "handle" },
		{ NULL, NULL },
	};
	struct table *table = table_new(columns);
	char tag[NTPOOL_TAG_TEXT];
	struct block *block;

	(void)argc;
	(void)argv;
	for (block = script->blocks; block; block = block->next) {
		table_text(table, "%s", block->name);
		table_bytes(table, block->size);
		table_text(table, "%s", ntpool_tag_unpack(block->tag, tag));
		table_number(table, block->handle);
	}
	json_object_object_add(script->answer, "blocks", table_json(table));
	if (!script->json)
		table_print(table, 0);
	table_free(table);
	return 0;
}
