// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random numbers ("RtlUniform", "RtlRandom", "RtlRandomEx", Windows driver
 * documentation).  RtlUniform is the linear congruential generator that is told there;
 * the others draw from a table that it fills.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

#include <ntpool/time.h>

#define MULTIPLIER 0x7FFFFFEDu
#define INCREMENT  0x7FFFFFC3u
#define TABLE_SIZE 128

static DEFINE_SPINLOCK(table_lock);
static ULONG table[TABLE_SIZE]; /* under table_lock, as the next */
static bool filled;

/**
 * RtlUniform() - the next number of a sequence
 * @Seed: what the sequence has come to; moved on
 *
 * Context: any.
 * Return: 0 to MAXLONG - 1.
 */
ULONG RtlUniform(PULONG Seed)
{
	*Seed = ((u64)MULTIPLIER * *Seed + INCREMENT) % MAXLONG;
	return *Seed;
}
EXPORT_SYMBOL_GPL(RtlUniform);

static void fill_locked(void)
{
	ULONG seed = 1, i;

	lockdep_assert_held(&table_lock);
	for (i = 0; i < TABLE_SIZE && !filled; i++)
		table[i] = RtlUniform(&seed);
	filled = true;
}

/**
 * RtlRandomEx() - a number that does not tell what the next one is
 * @Seed: of the caller's sequence; moved on
 *
 * All callers share a table: the place is drawn by what was drawn before.
 *
 * Context: any.
 * Return: 0 to MAXLONG - 1.
 */
ULONG RtlRandomEx(PULONG Seed)
{
	ULONG drawn = RtlUniform(Seed), number;
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	fill_locked();
	number = table[drawn % TABLE_SIZE];
	table[drawn % TABLE_SIZE] = RtlUniform(Seed);
	spin_unlock_irqrestore(&table_lock, flags);
	return number;
}
EXPORT_SYMBOL_GPL(RtlRandomEx);

/**
 * RtlRandom() - the same, as older drivers ask
 * @Seed: as there
 *
 * Context: any.
 * Return: 0 to MAXLONG - 1.
 */
ULONG RtlRandom(PULONG Seed)
{
	return RtlRandomEx(Seed);
}
EXPORT_SYMBOL_GPL(RtlRandom);
