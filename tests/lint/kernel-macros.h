/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loops of the kernel's headers, as far as cppcheck has to know them: it reads the
 * sources without those headers, and would take a macro it does not know for an error.
 */
#define WALK(entry, head)						for ((entry) = next_of(head); (entry); (entry) = next_of(entry))
#define list_for_each(entry, head)					WALK(entry, head)
#define list_for_each_safe(entry, next, head)				WALK(entry, head)
#define list_for_each_entry(entry, head, member)			WALK(entry, head)
#define list_for_each_entry_rcu(entry, head, member)			WALK(entry, head)
#define list_for_each_entry_reverse(entry, head, member)		WALK(entry, head)
#define list_for_each_entry_safe(entry, next, head, member)		WALK(entry, head)
#define hlist_for_each_entry(entry, head, member)			WALK(entry, head)
#define hlist_for_each_entry_rcu(entry, head, ...)			WALK(entry, head)
#define hlist_for_each_entry_safe(entry, next, head, member)		WALK(entry, head)
#define llist_for_each_safe(entry, next, head)				WALK(entry, head)
#define llist_for_each_entry(entry, head, member)			WALK(entry, head)
#define llist_for_each_entry_safe(entry, next, head, member)		WALK(entry, head)
#define hash_for_each(table, bucket, entry, member)			WALK(entry, table)
#define hash_for_each_safe(table, bucket, next, entry, member)		WALK(entry, table)
#define hash_for_each_possible_safe(table, entry, next, member, key)	WALK(entry, table)
#define hash_for_each_possible(table, entry, member, key)		WALK(entry, table)
#define hash_for_each_possible_rcu(table, entry, member, ...)		WALK(entry, table)
#define rbtree_postorder_for_each_entry_safe(entry, next, root, member) WALK(entry, root)
#define xa_for_each(array, index, entry)				for ((index) = 0, (entry) = next_of(array); (entry); (entry) = next_of(entry))
#define xa_for_each_range(array, index, entry, from, to)		for ((index) = (from), (entry) = next_of(array); (entry); (entry) = next_of(entry))
#define for_each_possible_cpu(cpu)					for ((cpu) = 0; (cpu) < cpus; (cpu)++)
#define for_each_online_cpu(cpu)					for ((cpu) = 0; (cpu) < cpus; (cpu)++)
#define DEFINE_SPINLOCK(name)						spinlock_t name
#define DEFINE_MUTEX(name)						struct mutex name
#define DEFINE_XARRAY(name)						struct xarray name
#define LIST_HEAD(name)							struct list_head name
#define LLIST_HEAD(name)						struct llist_head name
#define DEFINE_HASHTABLE(name, bits)					struct hlist_head name[1 << (bits)]
#define DEFINE_PER_CPU(type, name)					type name
