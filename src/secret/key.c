/* WireGuard keys through libsodium: base64, random keys, X25519. */
#include <sodium.h>

#include "secret/key.h"

bool key_decode(struct str text, uint8_t key[static KEY_BYTES])
{
	size_t len = 0;
	const char *end = NULL;

	/* libsodium refuses unused bits that are not zero, as wg does, but stops without error at trailing garbage. */
	bool ok = text.len == KEY_TEXT - 1 &&
	          sodium_base642bin(key, KEY_BYTES, text.ptr, text.len, NULL, &len, &end,
	                            sodium_base64_VARIANT_ORIGINAL) == 0 &&
	          len == KEY_BYTES && end == text.ptr + text.len;
	if (!ok)
		sodium_memzero(key, KEY_BYTES);
	return ok;
}

void key_encode(const uint8_t key[static KEY_BYTES], char text[static KEY_TEXT])
{
	sodium_bin2base64(text, KEY_TEXT, key, KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
}

void key_make_private(uint8_t key[static KEY_BYTES])
{
	randombytes_buf(key, KEY_BYTES);
	key[0] &= 248;
	key[31] = (uint8_t)((key[31] & 127) | 64);
}

void key_make_preshared(uint8_t key[static KEY_BYTES])
{
	randombytes_buf(key, KEY_BYTES);
}

void key_public(const uint8_t private_key[static KEY_BYTES], uint8_t public_key[static KEY_BYTES])
{
	/* Cannot fail: clamping makes every 32 bytes a good scalar, and the base point has prime order. */
	(void)crypto_scalarmult_base(public_key, private_key);
}

bool key_is_zero(const uint8_t key[static KEY_BYTES])
{
	return sodium_is_zero(key, KEY_BYTES) == 1;
}
