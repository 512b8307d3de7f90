/* Tests of the pool of secrets: spelling, many keys, no right to lock memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/arena.h"
#include "secret/key.h"

static void spell_equals(const struct secrets *secrets, struct secret secret, const char *expected)
{
	struct arena *arena = arena_new_wiped();
	struct buf out = {.arena = arena};

	secret_spell(secrets, secret, &out);
	assert_int_equal(out.len, strlen(expected));
	assert_memory_equal(out.ptr, expected, out.len);
	arena_free(arena);
}

static void spells_and_describes(void **state)
{
	static const char text[] = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=";
	struct secrets *secrets = secrets_new();
	struct arena *arena = arena_new();
	uint8_t key[KEY_BYTES];

	(void)state;
	assert_non_null(secrets);
	assert_true(key_decode(str_of(text), key));
	struct secret private_key = secrets_add(secrets, SECRET_PRIVATE_KEY, STR("android"), key);
	struct secret preshared = secrets_add_redacted(secrets, SECRET_PRESHARED_KEY, STR("router"));
	assert_int_equal(private_key.id, 1);
	assert_int_equal(preshared.id, 2);
	memset(key, 0, sizeof key); /* the pool has a copy */
	spell_equals(secrets, private_key, text);
	spell_equals(secrets, preshared, "<secret: wireguard preshared key of router>");
	assert_string_equal(secret_describe(secrets, private_key, arena).ptr, "wireguard private key of android");
	assert_string_equal(secret_describe(secrets, preshared, arena).ptr, "wireguard preshared key of router");
	arena_free(arena);
	secrets_free(secrets);
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	secrets_free(NULL);
	secrets_free(secrets_new());
}

/* Two secrets for each client of a /16. True when every one of them comes back. */
static bool fill_and_compare(size_t count)
{
	struct secrets *secrets = secrets_new();
	struct arena *arena = arena_new_wiped();
	struct buf out = {.arena = arena};
	uint8_t key[KEY_BYTES] = {0};
	char expected[KEY_TEXT];
	bool same = secrets != NULL;

	for (size_t i = 0; same && i < count; i++) {
		memcpy(key, &i, sizeof i);
		/* A redacted one now and then must not shift the others. */
		if (i % 1000 == 7)
			(void)secrets_add_redacted(secrets, SECRET_PRIVATE_KEY, STR("x"));
		else
			(void)secrets_add(secrets, SECRET_PRIVATE_KEY, STR("x"), key);
	}
	for (size_t i = 0; same && i < count; i++) {
		if (i % 1000 == 7)
			continue;
		memcpy(key, &i, sizeof i);
		key_encode(key, expected);
		out.len = 0;
		secret_spell(secrets, (struct secret){(uint32_t)i + 1}, &out);
		same = out.len == KEY_TEXT - 1 && memcmp(out.ptr, expected, out.len) == 0;
	}
	arena_free(arena);
	secrets_free(secrets);
	return same;
}

static void many_secrets(void **state)
{
	(void)state;
	assert_true(fill_and_compare(131072));
}

/* The sanitizer's mlock() does nothing and says all is well, so nothing can be learned about locking there. */
#if defined(__SANITIZE_ADDRESS__)
#define MLOCK_IS_REAL 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MLOCK_IS_REAL 0
#endif
#endif
#ifndef MLOCK_IS_REAL
#define MLOCK_IS_REAL 1
#endif

#if MLOCK_IS_REAL

/* What the child with little lockable memory found. */
enum { CHILD_GOOD = 0, CHILD_BAD = 1, CHILD_CANNOT_TEST = 77 };

static int in_child_with_memlock(rlim_t bytes, bool expect_refusal)
{
	const struct rlimit limit = {bytes, bytes};
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child == 0) {
		char page[4096];
		if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0 || (geteuid() == 0 && setuid(65534) != 0))
			_exit(CHILD_CANNOT_TEST);
		if (expect_refusal && mlock(page, sizeof page) == 0)
			_exit(CHILD_CANNOT_TEST);
		_exit(fill_and_compare(131072) ? CHILD_GOOD : CHILD_BAD);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void works_unlocked(void **state)
{
	(void)state;
	int result = in_child_with_memlock(0, true);
	if (result == CHILD_CANNOT_TEST)
		skip();
	assert_int_equal(result, CHILD_GOOD);
}

/* Kilobytes of locked memory of this process. */
static long locked_kilobytes(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long locked = -1;

	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (sscanf(line, "VmLck: %ld kB", &locked) == 1)
			break;
	if (status != NULL)
		fclose(status);
	return locked;
}

static void locks_what_it_holds(void **state)
{
	uint8_t key[KEY_BYTES] = {1};
	long before = locked_kilobytes();

	(void)state;
	struct secrets *secrets = secrets_new();
	for (int i = 0; i < 131072; i++)
		(void)secrets_add(secrets, SECRET_PRIVATE_KEY, STR("x"), key);
	long locked = locked_kilobytes() - before;
	secrets_free(secrets);
	if (before < 0 || locked == 0)
		skip(); /* no /proc, or no right to lock */
	assert_true(locked >= 4096);
	assert_true(locked < 8192);
	assert_int_equal(locked_kilobytes(), before);
}

#endif

static void prepared_process_leaves_no_core(void **state)
{
	struct rlimit limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
	assert_int_equal(limit.rlim_max, 0);
#ifdef __linux__
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
#endif
	assert_true(secrets_prepare()); /* twice is fine */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spells_and_describes),
		cmocka_unit_test(freeing_nothing_is_fine),
		cmocka_unit_test(many_secrets),
#if MLOCK_IS_REAL
		cmocka_unit_test(works_unlocked),
		cmocka_unit_test(locks_what_it_holds),
#endif
		cmocka_unit_test(prepared_process_leaves_no_core),
	};

	if (!secrets_prepare())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
