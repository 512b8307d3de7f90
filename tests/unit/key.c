/* Tests of WireGuard keys: base64, X25519 against RFC 7748 and wg(8). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret/key.h"

static void from_hex(const char *hex, uint8_t key[static KEY_BYTES])
{
	for (size_t i = 0; i < KEY_BYTES; i++) {
		char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
		key[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
}

/* RFC 7748, section 6.1. */
static void rfc7748_public_keys(void **state)
{
	static const char *const pairs[][2] = {
		{"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
		 "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"},
		{"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
		 "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"},
	};
	uint8_t private_key[KEY_BYTES], expected[KEY_BYTES], public_key[KEY_BYTES];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		from_hex(pairs[i][0], private_key);
		from_hex(pairs[i][1], expected);
		key_public(private_key, public_key);
		assert_memory_equal(public_key, expected, KEY_BYTES);
	}
}

/* The first pair of above, in base64 as `base64` and `wg pubkey` print it. */
static const char private_text[] = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=";
static const char public_text[] = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";

static void encodes_and_decodes(void **state)
{
	uint8_t key[KEY_BYTES], decoded[KEY_BYTES];
	char text[KEY_TEXT];

	(void)state;
	from_hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a", key);
	key_encode(key, text);
	assert_string_equal(text, private_text);
	assert_true(key_decode(STR("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="), decoded));
	assert_memory_equal(decoded, key, KEY_BYTES);
	key_public(key, decoded);
	key_encode(decoded, text);
	assert_string_equal(text, public_text);
}

static void refuses_what_is_not_a_key(void **state)
{
	static const struct str texts[] = {
		{"", 0},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo", 43},   /* no padding */
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n", 45},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCp=", 44},  /* unused bits set: not canonical */
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCr=", 44},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCoq", 44},  /* 33 bytes */
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LA==", 44},  /* 31 bytes */
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR2=LCo=", 44},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25L=o=", 44},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7p-25LCo=", 44},  /* the URL alphabet */
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJk sXf7pR25LCo=", 44},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJk\0sXf7pR25LCo=", 44},
		{"=dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LC=", 44},
		{" dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LC=", 44},
	};
	uint8_t key[KEY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		memset(key, 1, sizeof key);
		if (key_decode(texts[i], key))
			fail_msg("case %zu was taken for a key", i);
		assert_true(key_is_zero(key)); /* nothing half decoded stays behind */
	}
}

static void new_keys_are_clamped_and_differ(void **state)
{
	uint8_t first[KEY_BYTES], second[KEY_BYTES];
	unsigned low = 0, high = 0;

	(void)state;
	for (int i = 0; i < 64; i++) {
		key_make_private(first);
		assert_int_equal(first[0] & 7, 0);
		assert_int_equal(first[31] & 0xc0, 0x40);
		key_make_preshared(second);
		low |= second[0] & 7u;
		high |= second[31] & 0x80u;
		assert_memory_not_equal(first, second, KEY_BYTES);
	}
	assert_int_equal(low, 7); /* preshared keys are not clamped */
	assert_int_equal(high, 0x80);
}

static void zero_is_no_key(void **state)
{
	uint8_t key[KEY_BYTES] = {0};

	(void)state;
	assert_true(key_is_zero(key));
	key[31] = 1;
	assert_false(key_is_zero(key));
}

/* Runs a command of wg(8) and reads its one line. */
static bool wg_line(const char *command, char text[static KEY_TEXT])
{
	FILE *wg = popen(command, "r");

	if (wg == NULL)
		return false;
	bool ok = fread(text, 1, KEY_TEXT, wg) == KEY_TEXT && text[KEY_TEXT - 1] == '\n';
	text[KEY_TEXT - 1] = '\0';
	return pclose(wg) == 0 && ok;
}

static void agrees_with_wg(void **state)
{
	char private_key[KEY_TEXT], from_wg[KEY_TEXT], ours[KEY_TEXT], command[128];
	uint8_t key[KEY_BYTES], public_key[KEY_BYTES];

	(void)state;
	if (system("command -v wg >/dev/null 2>&1") != 0)
		skip();
	for (int i = 0; i < 4; i++) {
		assert_true(wg_line("wg genkey", private_key));
		snprintf(command, sizeof command, "echo '%s' | wg pubkey", private_key);
		assert_true(wg_line(command, from_wg));
		assert_true(key_decode(str_of(private_key), key));
		key_public(key, public_key);
		key_encode(public_key, ours);
		assert_string_equal(ours, from_wg);
	}
	/* And a key that we made. */
	key_make_private(key);
	key_encode(key, private_key);
	snprintf(command, sizeof command, "echo '%s' | wg pubkey", private_key);
	assert_true(wg_line(command, from_wg));
	key_public(key, public_key);
	key_encode(public_key, ours);
	assert_string_equal(ours, from_wg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc7748_public_keys),
		cmocka_unit_test(encodes_and_decodes),
		cmocka_unit_test(refuses_what_is_not_a_key),
		cmocka_unit_test(new_keys_are_clamped_and_differ),
		cmocka_unit_test(zero_is_no_key),
		cmocka_unit_test(agrees_with_wg),
	};

	if (!secrets_prepare())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
