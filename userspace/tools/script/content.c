// SPDX-License-Identifier: GPL-2.0-only
/* What stands in a block: write, read, fill and verify. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hexdump.h"
#include "base/json.h"
#include "base/pattern.h"
#include "base/units.h"
#include "script/script.h"

#define CHUNK (1u << 20)

struct bytes {
	unsigned char *data;
	size_t length;
};

static void append(struct bytes *bytes, const void *data, size_t length,
		   uint64_t times)
{
	bytes->data = must_realloc(bytes->data, bytes->length + length * times + 1);
	for (; times; times--) {
		memcpy(bytes->data + bytes->length, data, length);
		bytes->length += length;
	}
}

/* "0x4142" is the bytes 0x41 0x42, in this order; two digits each. */
static int decode_hex(struct script *script, struct word *word)
{
	size_t digits = strlen(word->text + 2);
	size_t i;

	if (!digits || digits % 2 ||
	    strspn(word->text + 2, "0123456789abcdefABCDEF") != digits)
		return wrong(script, "'%s' is no row of bytes: two hex digits each",
			     word->text);
	for (i = 0; i < digits / 2; i++) {
		unsigned int byte;

		sscanf(word->text + 2 + 2 * i, "%2x", &byte);
		word->text[i] = byte;
	}
	word->length = digits / 2;
	return 0;
}

/* Cuts "*TIMES" off a piece. */
static int take_times(struct script *script, struct word *word, uint64_t *times)
{
	char *star = word->quoted ? word->suffix : strrchr(word->text, '*');

	*times = 1;
	if (!star)
		return 0;
	if (*star != '*' || !parse_size(star + 1, times))
		return wrong(script, "'%s' is no repetition: * and a number", star);
	if (*times > NTPOOL_REQUEST_MAX_LENGTH * 64ull)
		return wrong(script, "a piece is repeated too often");
	if (!word->quoted) {
		*star = '\0';
		word->length = star - word->text;
	}
	return 0;
}

static int take_piece(struct script *script, struct word *word,
		      struct bytes *bytes)
{
	uint64_t times;

	if (take_times(script, word, &times))
		return -1;
	if (!word->quoted && !strncmp(word->text, "0x", 2) &&
	    decode_hex(script, word))
		return -1;
	append(bytes, word->text, word->length, times);
	return 0;
}

static int write_pieces(struct script *script, struct block *block,
			uint64_t offset, const struct bytes *bytes)
{
	struct ntpool_rw answer;
	int err;

	if (check_range(script, block, offset, bytes->length))
		return -1;
	err = ntpool_write(script->session, block->handle, offset, bytes->data,
			   bytes->length, &answer);
	if (err)
		return refused(script, "write", err);
	json_add_number(script->answer, "offset", offset);
	json_add_number(script->answer, "written", answer.transferred);
	say(script, "%s: wrote %" PRIu64 " bytes at %" PRIu64 "\n", block->name,
	    (uint64_t)answer.transferred, offset);
	return verdict(script, answer.status, answer.bugcheck);
}

int cmd_write(struct script *script, int argc, struct word *argv)
{
	struct block *block = block_of(script, &argv[0]);
	struct bytes bytes = { 0 };
	uint64_t offset;
	int err, i;

	if (!block || take_size(script, &argv[1], "offset", &offset))
		return -1;
	for (err = 0, i = 2; !err && i < argc; i++)
		err = take_piece(script, &argv[i], &bytes);
	if (!err && !bytes.length)
		err = wrong(script, "there is nothing to write");
	if (!err)
		err = write_pieces(script, block, offset, &bytes);
	free(bytes.data);
	return err;
}

static void show_bytes(struct script *script, const void *data, size_t length,
		       uint64_t offset)
{
	char *text;

	if (!script->json) {
		hexdump(data, length, offset, 0);
		return;
	}
	text = must_calloc(2 * length + 1, 1);
	json_add_text(script->answer, "data", hex_string(data, length, text));
	free(text);
}

int cmd_read(struct script *script, int argc, struct word *argv)
{
	struct block *block = block_of(script, &argv[0]);
	uint64_t offset, length;
	struct ntpool_rw answer;
	void *data;
	int err;

	(void)argc;
	if (!block || take_size(script, &argv[1], "offset", &offset) ||
	    take_size(script, &argv[2], "length", &length))
		return -1;
	if (check_range(script, block, offset, length))
		return -1;
	if (length > CHUNK)
		return wrong(script, "more than 1M is too much to look at");
	data = must_calloc(1, length + 1);
	err = ntpool_read(script->session, block->handle, offset, data, length,
			  &answer);
	if (!err) {
		json_add_number(script->answer, "offset", offset);
		show_bytes(script, data, answer.transferred, offset);
		err = verdict(script, answer.status, answer.bugcheck);
	} else {
		err = refused(script, "read", err);
	}
	free(data);
	return err;
}

/* Goes through the block in chunks; @step returns non-zero to stop. */
static int each_chunk(struct script *script, struct block *block, uint64_t seed,
		      int (*step)(struct script *script, struct block *block,
				  uint64_t seed, uint64_t offset, void *chunk,
				  uint64_t length))
{
	void *chunk = must_calloc(1, CHUNK);
	uint64_t offset, length;
	int err = 0;

	for (offset = 0; !err && offset < block->size; offset += length) {
		length = block->size - offset;
		if (length > CHUNK)
			length = CHUNK;
		err = step(script, block, seed, offset, chunk, length);
	}
	free(chunk);
	return err;
}

static int fill_chunk(struct script *script, struct block *block, uint64_t seed,
		      uint64_t offset, void *chunk, uint64_t length)
{
	struct ntpool_rw answer;
	int err;

	pattern_fill(chunk, length, seed, offset);
	err = ntpool_write(script->session, block->handle, offset, chunk, length,
			   &answer);
	if (err)
		return refused(script, "write", err);
	if (NTPOOL_SUCCESS(answer.status))
		return 0;
	verdict(script, answer.status, answer.bugcheck);
	return wrong(script, "the block is not filled beyond offset %" PRIu64,
		     offset);
}

int cmd_fill(struct script *script, int argc, struct word *argv)
{
	struct block *block = block_of(script, &argv[0]);
	char bytes[BYTES_TEXT];
	uint64_t seed;

	(void)argc;
	if (!block || take_number(script, &argv[1], "seed", &seed))
		return -1;
	if (each_chunk(script, block, seed, fill_chunk))
		return -1;
	block->filled = true;
	block->seed = seed;
	json_add_number(script->answer, "filled", block->size);
	say(script, "%s: filled %s from seed %" PRIu64 "\n", block->name,
	    format_bytes(block->size, bytes), seed);
	return 0;
}

static int verify_chunk(struct script *script, struct block *block,
			uint64_t seed, uint64_t offset, void *chunk,
			uint64_t length)
{
	struct ntpool_rw answer;
	size_t same;
	int err = ntpool_read(script->session, block->handle, offset, chunk,
			      length, &answer);

	if (err)
		return refused(script, "read", err);
	if (!NTPOOL_SUCCESS(answer.status)) {
		verdict(script, answer.status, answer.bugcheck);
		return wrong(script, "the block cannot be read at offset %" PRIu64,
			     offset);
	}
	same = pattern_check(chunk, length, seed, offset);
	if (same == length)
		return 0;
	json_add_number(script->answer, "differs_at", offset + same);
	return wrong(script, "'%s' differs from the pattern at offset %" PRIu64,
		     block->name, offset + same);
}

int cmd_verify(struct script *script, int argc, struct word *argv)
{
	struct block *block = block_of(script, &argv[0]);
	char bytes[BYTES_TEXT];
	uint64_t seed;

	if (!block)
		return -1;
	if (argc > 1 && take_number(script, &argv[1], "seed", &seed))
		return -1;
	if (argc == 1 && !block->filled)
		return wrong(script, "'%s' was not filled: give the seed",
			     block->name);
	if (argc == 1)
		seed = block->seed;
	if (each_chunk(script, block, seed, verify_chunk))
		return -1;
	json_add_number(script->answer, "verified", block->size);
	say(script, "%s: %s as filled from seed %" PRIu64 ", word for word\n",
	    block->name, format_bytes(block->size, bytes), seed);
	return 0;
}
