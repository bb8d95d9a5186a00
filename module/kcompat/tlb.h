/* SPDX-License-Identifier: GPL-2.0-only */
/* 6.18: __flush_tlb_all() is for KVM alone. */
#ifndef NTPOOL_KCOMPAT_TLB_H
#define NTPOOL_KCOMPAT_TLB_H

#include <linux/irqflags.h>
#include <linux/version.h>
#include <asm/cpufeature.h>
#include <asm/invpcid.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>

/**
 * kcompat_flush_tlb_all() - make this CPU forget all translations
 *
 * Global ones, and those of all PCIDs, too: what a change of CR4.PGE does
 * wherever there is no INVPCID.
 *
 * Context: preemption off.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static inline void kcompat_flush_tlb_all(void)
{
	__flush_tlb_all();
}
#else
static inline void kcompat_write_cr4(unsigned long cr4)
{
	asm volatile("mov %0, %%cr4"
		     :
		     : "r"(cr4)
		     : "memory");
}

static inline void kcompat_flush_tlb_all(void)
{
	unsigned long flags, cr4;

	if (boot_cpu_has(X86_FEATURE_INVPCID)) {
		invpcid_flush_all();
		return;
	}
	/* Nobody else on this CPU may change CR4 meanwhile. */
	raw_local_irq_save(flags);
	cr4 = native_read_cr4();
	kcompat_write_cr4(cr4 ^ X86_CR4_PGE);
	kcompat_write_cr4(cr4);
	raw_local_irq_restore(flags);
}
#endif

#endif /* NTPOOL_KCOMPAT_TLB_H */
