/* Tests of "did you mean". */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "diag/suggest.h"

static const char *const keys[] = {
	"site", "domain", "vps", "tunnel", "router", "networks", "ipv6", "kubernetes", "relay", "clients", "services",
	"address", "address6", "ssh_port", "network", "interface", "preshared_keys", "mtu", "dns", "to",
};

static struct suggestion offer_all(const char *word)
{
	struct suggestion suggestion = suggest_start(str_of(word));
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		suggest_offer(&suggestion, str_of(keys[i]));
	}
	return suggestion;
}

static void assert_best(const char *word, const char *best)
{
	struct suggestion suggestion = offer_all(word);
	assert_non_null(suggestion.best.ptr);
	assert_int_equal(suggestion.best.len, strlen(best));
	assert_memory_equal(suggestion.best.ptr, best, suggestion.best.len);
}

static void assert_none(const char *word)
{
	assert_null(offer_all(word).best.ptr);
}

static void test_slips(void **state)
{
	(void)state;
	assert_best("adress", "address");
	assert_best("adress6", "address6");
	assert_best("tunnle", "tunnel");
	assert_best("tunel", "tunnel");
	assert_best("Clients", "clients");
	assert_best("CLIENTS", "clients");
	assert_best("ssh-port", "ssh_port");
	assert_best("sshport", "ssh_port");
	assert_best("SSH-Port", "ssh_port");
	assert_best("preshared-key", "preshared_keys");
	assert_best("kuberentes", "kubernetes");
	assert_best("mut", "mtu");
	assert_best("To", "to");
}

static void test_nearest_wins(void **state)
{
	(void)state;
	assert_best("network", "network");
	assert_best("networkss", "networks");
	/* At the same distance the first one offered stays. */
	struct suggestion suggestion = suggest_start(STR("bat"));
	suggest_offer(&suggestion, STR("cat"));
	suggest_offer(&suggestion, STR("hat"));
	assert_memory_equal(suggestion.best.ptr, "cat", 3);
	suggest_offer(&suggestion, STR("Bat"));
	assert_memory_equal(suggestion.best.ptr, "Bat", 3);
}

static void test_floor(void **state)
{
	(void)state;
	assert_none("firewall");
	assert_none("do");
	assert_none("x");
	assert_none("");
	assert_none("abcdefghij");
	/* A third of the letters wrong is near, more is not. */
	struct suggestion suggestion = suggest_start(STR("abcxyz"));
	suggest_offer(&suggestion, STR("abcxuv"));
	assert_non_null(suggestion.best.ptr);
	suggestion = suggest_start(STR("abcxyz"));
	suggest_offer(&suggestion, STR("abcuvw"));
	assert_null(suggestion.best.ptr);
}

static void test_longest(void **state)
{
	(void)state;
	char word[66], near[66];
	memset(word, 'a', sizeof word);
	memset(near, 'a', sizeof near);
	near[0] = 'b';
	struct suggestion suggestion = suggest_start((struct str){word, 64});
	suggest_offer(&suggestion, (struct str){near, 65});
	assert_null(suggestion.best.ptr);
	suggest_offer(&suggestion, (struct str){near, 64});
	assert_ptr_equal(suggestion.best.ptr, near);
	suggestion = suggest_start((struct str){word, 65});
	suggest_offer(&suggestion, (struct str){near, 64});
	assert_null(suggestion.best.ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slips),
		cmocka_unit_test(test_nearest_wins),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_longest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
