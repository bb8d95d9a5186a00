// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verifier's settings: which allocations they choose, and changing them.
 * They are replaced as a whole and read under RCU.
 */
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/core.h"
#include "pool/hooks.h"
#include "pool/internal.h"

#define OFFERED                                                          \
	(NTPOOL_VERIFIER_SPECIAL_POOL | NTPOOL_VERIFIER_FORCE_IRQL |     \
	 NTPOOL_VERIFIER_LOW_RESOURCES | NTPOOL_VERIFIER_POOL_TRACKING | \
	 NTPOOL_VERIFIER_IO | NTPOOL_VERIFIER_FORCE_PENDING |            \
	 NTPOOL_VERIFIER_SYSTEMATIC)
/* These are of requests, the others of allocations. */
#define OF_REQUESTS (NTPOOL_VERIFIER_IO | NTPOOL_VERIFIER_FORCE_PENDING)

/* "Low Resources Simulation": 6 % fail, but none in the first eight minutes. */
#define PROBABILITY 600
#define GRACE	    (8 * 60)

DEFINE_STATIC_KEY_FALSE(verifier_on);
DEFINE_STATIC_KEY_FALSE(special_on);
DEFINE_STATIC_KEY_FALSE(verifier_io_on);
DEFINE_STATIC_KEY_FALSE(verifier_pending_on);

static const struct verifier_settings all_off = {
	.probability = PROBABILITY,
	.grace = GRACE,
};

static DEFINE_MUTEX(set_mutex);
/* Read under RCU, replaced under set_mutex; &all_off is never freed. */
static const struct verifier_settings __rcu *settings =
	(const struct verifier_settings __rcu *)&all_off;

static uint verifier;
module_param(verifier, uint, 0444);
MODULE_PARM_DESC(verifier, "bits of the verifier to begin with, as of Driver Verifier (default 0)");

static char *verifier_tags = "";
module_param(verifier_tags, charp, 0444);
MODULE_PARM_DESC(verifier_tags, "tags to verify to begin with, with * and ?, by commas");

static char *verifier_driver = "";
module_param(verifier_driver, charp, 0444);
MODULE_PARM_DESC(verifier_driver, "module whose allocations to verify to begin with");

/* The documents say "randomly".  With a half either way of a caller is gone often. */
uint verifier_pending = VERIFIER_CERTAIN / 2;
EXPORT_FOR_TESTS(verifier_pending);
module_param(verifier_pending, uint, 0644);
MODULE_PARM_DESC(verifier_pending, "of 10000 calls of drivers for which bit 0x200 is set so many become pending (default 5000)");

/* @pattern and @tag are what is left of them, the first character lowest. */
static bool tag_matches(u32 pattern, u32 tag)
{
	u8 p = pattern, c = tag;

	if (!p)
		return !c;
	if (p == '*')
		return tag_matches(pattern >> 8, tag) ||
		       (c && tag_matches(pattern, tag >> 8));
	return c && (p == '?' || p == c) && tag_matches(pattern >> 8, tag >> 8);
}

static bool tag_chosen(const struct verifier_settings *s, u32 tag)
{
	unsigned int i;

	for (i = 0; i < VERIFIER_TAGS && s->tags[i]; i++)
		if (tag_matches(s->tags[i], tag))
			return true;
	return !s->tags[0];
}

static bool driver_chosen(const struct verifier_settings *s, const char *driver)
{
	return !s->driver[0] || !strcmp(driver, s->driver);
}

static const char *name_of(const struct module *driver)
{
	return driver ? driver->name : "kernel";
}

static bool chooses(const struct verifier_settings *s, const char *driver,
		    u32 tag, size_t size)
{
	return size >= s->size_min && (!s->size_max || size <= s->size_max) &&
	       tag_chosen(s, pool_tag_name(tag)) &&
	       (!s->process[0] ||
		!strncmp(current->group_leader->comm, s->process,
			 sizeof(s->process))) &&
	       driver_chosen(s, driver);
}

/**
 * verifier_bits() - what is in force for an allocation
 * @want: the allocation
 * @copy: filled with all settings if there is any bit; NULL not to
 *
 * Context: any.
 * Return: NTPOOL_VERIFIER_*, or 0 if it is not chosen.
 */
u32 verifier_bits(const struct pool_want *want, struct verifier_settings *copy)
{
	const struct verifier_settings *s;
	u32 bits;

	rcu_read_lock();
	s = rcu_dereference(settings);
	bits = s->flags & ~OF_REQUESTS;
	if (bits && !chooses(s, name_of(want->module), want->tag, want->size))
		bits = 0;
	if (copy && bits)
		*copy = *s;
	rcu_read_unlock();
	return bits;
}

/**
 * verifier_chooses() - is a block that is freed the verifier's matter
 * @info: what is known of it
 *
 * Context: any.
 */
bool verifier_chooses(const struct pool_block_info *info)
{
	const struct verifier_settings *s;
	bool chosen;

	rcu_read_lock();
	s = rcu_dereference(settings);
	chosen = (s->flags & ~OF_REQUESTS) &&
		 chooses(s, info->module, info->tag, info->size);
	rcu_read_unlock();
	return chosen;
}

/**
 * verifier_forces_pending() - is a call of IoCallDriver to become pending
 * @driver: the module that calls
 *
 * Context: any.
 * Return: whether it is, by chance.
 */
bool verifier_forces_pending(const struct module *driver)
{
	bool chosen;

	rcu_read_lock();
	chosen = driver_chosen(rcu_dereference(settings), name_of(driver));
	rcu_read_unlock();
	return chosen && get_random_u32_below(VERIFIER_CERTAIN) <
				 READ_ONCE(verifier_pending);
}

static int module_event(struct notifier_block *block, unsigned long event,
			void *module)
{
	if (event == MODULE_STATE_GOING && static_branch_unlikely(&verifier_on))
		tracking_module_leaks(module);
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = { .notifier_call = module_event };

static bool pattern_valid(u32 pattern)
{
	return !pattern || pool_tag_valid(pattern);
}

static bool text_valid(const char *text, size_t room)
{
	return strnlen(text, room) < room;
}

static bool settings_valid(const struct verifier_settings *s)
{
	bool ended = false;
	unsigned int i;

	for (i = 0; i < VERIFIER_TAGS; i++) {
		if (!pattern_valid(s->tags[i]) || (ended && s->tags[i]))
			return false;
		ended |= !s->tags[i];
	}
	return !(s->flags & ~OFFERED) &&
	       s->probability <= VERIFIER_CERTAIN &&
	       (!s->size_max || s->size_min <= s->size_max) &&
	       text_valid(s->process, sizeof(s->process)) &&
	       text_valid(s->driver, sizeof(s->driver));
}

static void turn_key(struct static_key_false *key, bool on)
{
	if (on)
		static_branch_enable(key);
	else
		static_branch_disable(key);
}

static const struct verifier_settings *settings_locked(void)
{
	return rcu_dereference_protected(settings, lockdep_is_held(&set_mutex));
}

static void publish(const struct verifier_settings *fresh)
{
	const struct verifier_settings *old = settings_locked();

	rcu_assign_pointer(settings, fresh);
	turn_key(&verifier_on, fresh->flags & ~OF_REQUESTS);
	turn_key(&verifier_io_on, fresh->flags & NTPOOL_VERIFIER_IO);
	turn_key(&verifier_pending_on,
		 fresh->flags & NTPOOL_VERIFIER_FORCE_PENDING);
	turn_key(&special_on, fresh->flags & NTPOOL_VERIFIER_SPECIAL_POOL);
	irql_observe_raise(fresh->flags & NTPOOL_VERIFIER_FORCE_IRQL ?
				   verifier_trim :
				   NULL);
	synchronize_rcu();
	if (old != &all_off)
		kfree(old);
}

/* Tracking goes on with what it has if it was on before. */
static int begin(u32 now, u32 before)
{
	u32 stacks = NTPOOL_VERIFIER_POOL_TRACKING | NTPOOL_VERIFIER_SYSTEMATIC;
	int err = now & stacks ? tracking_init_stacks() : 0;

	if (err && (now & NTPOOL_VERIFIER_SYSTEMATIC))
		return err;
	if (~before & now & NTPOOL_VERIFIER_POOL_TRACKING)
		tracking_forget();
	return 0;
}

/**
 * verifier_set() - change what is verified
 * @wanted: the settings, which are in force for all allocations that begin after
 *	    this returns
 *
 * Statistics begin anew, and so do the stacks that systematic simulation has
 * seen.  Blocks that are tracked stay so unless tracking is switched off.  Pending I/O by
 * force brings I/O verification with it, as NT's verifier does.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL for settings that make no sense; -EOPNOTSUPP for systematic
 * simulation where the kernel keeps no stacks; -ENOMEM.
 */
int verifier_set(const struct verifier_settings *wanted)
{
	struct verifier_settings *fresh;
	int err;

	if (!settings_valid(wanted))
		return -EINVAL;
	fresh = kmemdup(wanted, sizeof(*wanted), GFP_KERNEL);
	if (!fresh)
		return -ENOMEM;
	if (fresh->flags & NTPOOL_VERIFIER_FORCE_PENDING)
		fresh->flags |= NTPOOL_VERIFIER_IO;
	mutex_lock(&set_mutex);
	err = begin(fresh->flags, settings_locked()->flags);
	if (err) {
		kfree(fresh);
	} else {
		publish(fresh);
		verifier_forget();
		if (!(fresh->flags & NTPOOL_VERIFIER_POOL_TRACKING))
			tracking_forget();
	}
	mutex_unlock(&set_mutex);
	return err;
}
EXPORT_FOR_TESTS(verifier_set);

/**
 * verifier_get() - the settings in force
 * @copy: filled
 *
 * Context: any.
 */
void verifier_get(struct verifier_settings *copy)
{
	rcu_read_lock();
	*copy = *rcu_dereference(settings);
	rcu_read_unlock();
}
EXPORT_FOR_TESTS(verifier_get);

/**
 * verifier_flags() - what is verified, whatever and whosever it is
 *
 * Context: any.
 * Return: NTPOOL_VERIFIER_*, 0 if the verifier is off.
 */
u32 verifier_flags(void)
{
	u32 flags;

	if (!static_branch_unlikely(&verifier_on))
		return 0;
	rcu_read_lock();
	flags = rcu_dereference(settings)->flags;
	rcu_read_unlock();
	return flags;
}

/* The module parameters, as settings; false for more or longer tags than there can be. */
static bool parse_tags(const char *text, u32 tags[VERIFIER_TAGS])
{
	unsigned int i, n;

	for (i = 0; *text && i < VERIFIER_TAGS; i++) {
		n = strcspn(text, ",");
		if (!n || n > 4)
			return false;
		while (n--)
			tags[i] = tags[i] << 8 | text[n];
		text += strcspn(text, ",");
		text += *text == ',';
	}
	return !*text;
}

/**
 * verifier_init() - begin with the settings of the module's parameters
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL and the like, which has been told.
 */
int verifier_init(void)
{
	struct verifier_settings s = all_off;
	int err = -EINVAL;

	s.flags = verifier;
	if (parse_tags(verifier_tags, s.tags) &&
	    strscpy(s.driver, verifier_driver, sizeof(s.driver)) >= 0)
		err = verifier_set(&s);
	if (!err)
		err = register_module_notifier(&module_notifier);
	if (err)
		pr_err("ntpool: verifier=0x%x verifier_tags=%s verifier_driver=%s cannot be had\n",
		       verifier, verifier_tags, verifier_driver);
	return err;
}

/**
 * verifier_exit() - switch everything off
 *
 * Context: may sleep; nothing is allocated any more.
 */
void verifier_exit(void)
{
	unregister_module_notifier(&module_notifier);
	mutex_lock(&set_mutex);
	publish(&all_off);
	verifier_forget();
	tracking_forget();
	mutex_unlock(&set_mutex);
}
