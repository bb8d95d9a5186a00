// SPDX-License-Identifier: GPL-2.0-only
/* The KUnit module: insmod ntpool_kunit.ko runs all suites. */
#include <linux/module.h>

#include "tests.h"

kunit_test_suites(&exceptions_suite, &executable_suite, &irql_suite, &bugcheck_suite, &arena_suite, &paging_suite,
		  &pin_suite, &pool_suite, &blocks_suite, &pool_model_suite, &pool_stress_suite, &small_suite,
		  &vas_suite,
		  &special_suite, &region_suite, &verifier_suite, &tracking_suite, &legacy_suite,
		  &release_suite, &quota_suite, &lookaside_suite,
		  &limits_suite, &conditions_suite, &usage_suite,
		  &strings_suite, &format_suite, &namespace_suite, &driver_suite,
		  &mdl_suite, &mdl_lock_suite, &mdl_map_suite, &mdl_left_suite,
		  &mdl_model_suite, &mdl_check_suite,
		  &dpc_suite, &wait_suite, &waits_suite, &work_suite,
		  &interrupt_suite, &timer_suite, &attach_suite, &probe_suite,
		  &irp_suite, &csq_suite, &build_suite, &forced_suite,
		  &devqueue_suite, &resource_suite, &startio_suite, &words_suite);

MODULE_DESCRIPTION("KUnit tests of ntpool");
MODULE_LICENSE("GPL");
