/* Tests of the hash table. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/map.h"

static void test_empty(void **state)
{
	(void)state;
	struct map map = {0};
	assert_null(map_get(&map, STR("a")));
	assert_null(map_get(&map, STR("")));
}

static void test_first_value_stays(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct map map = {.arena = arena};
	int one = 1, two = 2;
	char same[] = "key";
	assert_null(map_add(&map, STR("key"), &one));
	assert_ptr_equal(map_add(&map, (struct str){same, 3}, &two), &one);
	assert_ptr_equal(map_get(&map, STR("key")), &one);
	assert_int_equal(map.count, 1);
	arena_free(arena);
}

static void test_keys_are_bytes(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct map map = {.arena = arena};
	int v[6];
	assert_null(map_add(&map, STR(""), &v[0]));
	assert_null(map_add(&map, STR("\0"), &v[1]));
	assert_null(map_add(&map, STR("a"), &v[2]));
	assert_null(map_add(&map, STR("a\0"), &v[3]));
	assert_null(map_add(&map, STR("A"), &v[4]));
	assert_null(map_add(&map, STR("\xff"), &v[5]));
	assert_ptr_equal(map_get(&map, (struct str){NULL, 0}), &v[0]);
	assert_ptr_equal(map_get(&map, STR("\0")), &v[1]);
	assert_ptr_equal(map_get(&map, STR("a")), &v[2]);
	assert_ptr_equal(map_get(&map, STR("a\0")), &v[3]);
	assert_ptr_equal(map_get(&map, STR("A")), &v[4]);
	assert_ptr_equal(map_get(&map, STR("\xff")), &v[5]);
	assert_null(map_get(&map, STR("\0\0")));
	arena_free(arena);
}

/* As many keys as the largest site has clients, several of them in every probe sequence. */
static void test_many(void **state)
{
	(void)state;
	enum { MANY = 65533 };
	struct arena *arena = arena_new();
	struct map map = {.arena = arena};
	int *values = arena_array(arena, MANY, sizeof(*values));
	for (int i = 0; i < MANY; i++)
		assert_null(map_add(&map, str_format(arena, "10.100.%d.%d", i / 256, i % 256), &values[i]));
	assert_int_equal(map.count, MANY);
	assert_int_equal(map.capacity & (map.capacity - 1), 0);
	assert_true(map.capacity / 4 * 3 >= map.count);
	assert_true(map.capacity <= 131072);
	for (int i = 0; i < MANY; i++) {
		struct str key = str_format(arena, "10.100.%d.%d", i / 256, i % 256);
		assert_ptr_equal(map_get(&map, key), &values[i]);
		assert_ptr_equal(map_add(&map, key, &map), &values[i]);
		assert_null(map_get(&map, str_format(arena, "10.101.%d.%d", i / 256, i % 256)));
	}
	assert_int_equal(map.count, MANY);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_first_value_stays),
		cmocka_unit_test(test_keys_are_bytes),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
