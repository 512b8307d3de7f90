/* WireGuard keys: Curve25519 key pairs and preshared keys, in WireGuard's base64 form (wg(8), RFC 7748). */
#ifndef HLGEN_SECRET_KEY_H
#define HLGEN_SECRET_KEY_H

#include "secret/secret.h"

/* Exactly 44 characters of canonical base64 (as wg(8) accepts); false otherwise. Constant time in the content. */
bool key_decode(struct str text, uint8_t key[static KEY_BYTES]);
void key_encode(const uint8_t key[static KEY_BYTES], char text[static KEY_TEXT]);

/* A new private key, clamped as `wg genkey` does; a new preshared key. */
void key_make_private(uint8_t key[static KEY_BYTES]);
void key_make_preshared(uint8_t key[static KEY_BYTES]);
/* The public key that belongs to a private key: one X25519 base multiplication. */
void key_public(const uint8_t private_key[static KEY_BYTES], uint8_t public_key[static KEY_BYTES]);
/* True when all bytes are zero: WireGuard's spelling of "no key". */
bool key_is_zero(const uint8_t key[static KEY_BYTES]);

#endif
