/* SHA-1 and SHA-256 as git names objects by them, with the processor's own instructions where it has them. */
#ifndef CPOSIX_DIGEST_H
#define CPOSIX_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { CPOSIX_SHA1 = 1, CPOSIX_SHA256 = 2 };

typedef struct {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
    size_t filled;
    int algorithm;
} cposix_digest;

void cposix_digest_start(cposix_digest *digest, int algorithm);
void cposix_digest_add(cposix_digest *digest, const void *bytes, size_t count);
/* Writes 20 or 32 bytes and says how many. */
size_t cposix_digest_finish(cposix_digest *digest, uint8_t *result);

#endif
