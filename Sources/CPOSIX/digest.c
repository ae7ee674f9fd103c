#include "CPOSIX_digest.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#define CPOSIX_HAS_SHA_NI 1
#endif

static uint32_t rotate_left(uint32_t x, int n) { return (x << n) | (x >> (32 - n)); }
static uint32_t rotate_right(uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Five rounds, after which the five words are back in their places. */
#define SHA1_ROUND(a, b, c, d, e, f, k, i)                 \
    do {                                                   \
        e += rotate_left(a, 5) + (f) + (k) + w[i];         \
        b = rotate_left(b, 30);                            \
    } while (0)
#define SHA1_ROUNDS(F, k, first)                           \
    for (int i = (first); i < (first) + 20; i += 5) {      \
        SHA1_ROUND(a, b, c, d, e, F(b, c, d), k, i);       \
        SHA1_ROUND(e, a, b, c, d, F(a, b, c), k, i + 1);   \
        SHA1_ROUND(d, e, a, b, c, F(e, a, b), k, i + 2);   \
        SHA1_ROUND(c, d, e, a, b, F(d, e, a), k, i + 3);   \
        SHA1_ROUND(b, c, d, e, a, F(c, d, e), k, i + 4);   \
    }
#define SHA1_CHOOSE(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define SHA1_PARITY(x, y, z) ((x) ^ (y) ^ (z))
#define SHA1_MAJORITY(x, y, z) (((x) & (y)) | ((z) & ((x) | (y))))

static void sha1_plain(uint32_t *state, const uint8_t *data, size_t blocks)
{
    uint32_t w[80];

    for (; blocks; blocks--, data += 64) {
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];

        for (int i = 0; i < 16; i++)
            w[i] = big_endian(data + 4 * i);
        for (int i = 16; i < 80; i++)
            w[i] = rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        SHA1_ROUNDS(SHA1_CHOOSE, 0x5a827999, 0)
        SHA1_ROUNDS(SHA1_PARITY, 0x6ed9eba1, 20)
        SHA1_ROUNDS(SHA1_MAJORITY, 0x8f1bbcdc, 40)
        SHA1_ROUNDS(SHA1_PARITY, 0xca62c1d6, 60)
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}

static const uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void sha256_plain(uint32_t *state, const uint8_t *data, size_t blocks)
{
    uint32_t w[64], v[8];

    for (; blocks; blocks--, data += 64) {
        for (int i = 0; i < 16; i++)
            w[i] = big_endian(data + 4 * i);
        for (int i = 16; i < 64; i++) {
            uint32_t s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ (w[i - 15] >> 3);
            uint32_t s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ (w[i - 2] >> 10);

            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        memcpy(v, state, sizeof(v));
        for (int i = 0; i < 64; i += 8) {
            /* The words move one place a round: after eight rounds each is back in its own. */
            for (int n = 0; n < 8; n++) {
                uint32_t a = v[(8 - n) & 7], b = v[(9 - n) & 7], c = v[(10 - n) & 7], e = v[(12 - n) & 7];
                uint32_t f = v[(13 - n) & 7], g = v[(14 - n) & 7];
                uint32_t s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
                uint32_t t1 = v[(15 - n) & 7] + s1 + ((e & f) ^ (~e & g)) + sha256_constants[i + n] + w[i + n];
                uint32_t s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);

                v[(11 - n) & 7] += t1;
                v[(15 - n) & 7] = t1 + s0 + ((a & b) ^ (a & c) ^ (b & c));
            }
        }
        for (int i = 0; i < 8; i++)
            state[i] += v[i];
    }
}

#ifdef CPOSIX_HAS_SHA_NI
/* Four rounds with the words in `m[n % 4]`; the schedule of the words to come is carried on beside them. */
#define SHA1_STEP(n, e_now, e_next)                                          \
    do {                                                                     \
        __m128i now = m[(n) % 4];                                            \
        e_now = (n) == 0 ? _mm_add_epi32(e_now, now) : _mm_sha1nexte_epu32(e_now, now); \
        e_next = abcd;                                                       \
        if ((n) >= 3 && (n) <= 18)                                           \
            m[((n) + 1) % 4] = _mm_sha1msg2_epu32(m[((n) + 1) % 4], now);    \
        abcd = _mm_sha1rnds4_epu32(abcd, e_now, (n) / 5);                    \
        if ((n) >= 1 && (n) <= 16)                                           \
            m[((n) + 3) % 4] = _mm_sha1msg1_epu32(m[((n) + 3) % 4], now);    \
        if ((n) >= 2 && (n) <= 17)                                           \
            m[((n) + 2) % 4] = _mm_xor_si128(m[((n) + 2) % 4], now);         \
    } while (0)

__attribute__((target("sha,ssse3,sse4.1"))) static void sha1_ni(uint32_t *state, const uint8_t *data, size_t blocks)
{
    const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0x1b);
    __m128i e0 = _mm_set_epi32((int)state[4], 0, 0, 0), e1, m[4];

    for (; blocks; blocks--, data += 64) {
        __m128i abcd_before = abcd, e_before = e0;

        for (int i = 0; i < 4; i++)
            m[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16 * i)), order);
        SHA1_STEP(0, e0, e1);
        SHA1_STEP(1, e1, e0);
        SHA1_STEP(2, e0, e1);
        SHA1_STEP(3, e1, e0);
        SHA1_STEP(4, e0, e1);
        SHA1_STEP(5, e1, e0);
        SHA1_STEP(6, e0, e1);
        SHA1_STEP(7, e1, e0);
        SHA1_STEP(8, e0, e1);
        SHA1_STEP(9, e1, e0);
        SHA1_STEP(10, e0, e1);
        SHA1_STEP(11, e1, e0);
        SHA1_STEP(12, e0, e1);
        SHA1_STEP(13, e1, e0);
        SHA1_STEP(14, e0, e1);
        SHA1_STEP(15, e1, e0);
        SHA1_STEP(16, e0, e1);
        SHA1_STEP(17, e1, e0);
        SHA1_STEP(18, e0, e1);
        SHA1_STEP(19, e1, e0);
        e0 = _mm_sha1nexte_epu32(e0, e_before);
        abcd = _mm_add_epi32(abcd, abcd_before);
    }
    _mm_storeu_si128((__m128i *)state, _mm_shuffle_epi32(abcd, 0x1b));
    state[4] = (uint32_t)_mm_extract_epi32(e0, 3);
}

__attribute__((target("sha,ssse3,sse4.1"))) static void sha256_ni(uint32_t *state, const uint8_t *data, size_t blocks)
{
    const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0), m[4];

    for (; blocks; blocks--, data += 64) {
        __m128i abef_before = abef, cdgh_before = cdgh;

        for (int i = 0; i < 4; i++)
            m[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(data + 16 * i)), order);
        for (int n = 0; n < 16; n++) {
            __m128i now = m[n % 4];
            __m128i words = _mm_add_epi32(now, _mm_loadu_si128((const __m128i *)(sha256_constants + 4 * n)));

            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
            if (n >= 3 && n <= 14) {
                __m128i next = _mm_add_epi32(m[(n + 1) % 4], _mm_alignr_epi8(now, m[(n + 3) % 4], 4));

                m[(n + 1) % 4] = _mm_sha256msg2_epu32(next, now);
            }
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0e));
            if (n >= 1 && n <= 12)
                m[(n + 3) % 4] = _mm_sha256msg1_epu32(m[(n + 3) % 4], now);
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    low = _mm_shuffle_epi32(abef, 0x1b);
    high = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

static int has_sha_ni(void)
{
    static int answer = -1;
    unsigned a, b, c, d;

    if (answer < 0)
        answer = __get_cpuid(1, &a, &b, &c, &d) && (c & 1u << 9) && (c & 1u << 19) &&
                 __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29);
    return answer;
}
#endif

static void blocks(cposix_digest *digest, const uint8_t *data, size_t count)
{
#ifdef CPOSIX_HAS_SHA_NI
    if (has_sha_ni()) {
        (digest->algorithm == CPOSIX_SHA1 ? sha1_ni : sha256_ni)(digest->state, data, count);
        return;
    }
#endif
    (digest->algorithm == CPOSIX_SHA1 ? sha1_plain : sha256_plain)(digest->state, data, count);
}

void cposix_digest_start(cposix_digest *digest, int algorithm)
{
    static const uint32_t sha1[8] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    static const uint32_t sha256[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

    memset(digest, 0, sizeof(*digest));
    memcpy(digest->state, algorithm == CPOSIX_SHA1 ? sha1 : sha256, sizeof(digest->state));
    digest->algorithm = algorithm;
}

void cposix_digest_add(cposix_digest *digest, const void *bytes, size_t count)
{
    const uint8_t *next = bytes;

    digest->length += count;
    if (digest->filled) {
        size_t part = 64 - digest->filled < count ? 64 - digest->filled : count;

        memcpy(digest->block + digest->filled, next, part);
        digest->filled += part;
        next += part;
        count -= part;
        if (digest->filled < 64)
            return;
        blocks(digest, digest->block, 1);
        digest->filled = 0;
    }
    blocks(digest, next, count / 64);
    digest->filled = count % 64;
    if (digest->filled)
        memcpy(digest->block, next + count - digest->filled, digest->filled);
}

size_t cposix_digest_finish(cposix_digest *digest, uint8_t *result)
{
    static const uint8_t padding[64] = {0x80};
    uint64_t bits = digest->length * 8;
    size_t words = digest->algorithm == CPOSIX_SHA1 ? 5 : 8;
    uint8_t length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    cposix_digest_add(digest, padding, 1 + (119 - digest->filled) % 64);
    cposix_digest_add(digest, length, 8);
    for (size_t i = 0; i < 4 * words; i++)
        result[i] = (uint8_t)(digest->state[i / 4] >> (24 - 8 * (i % 4)));
    return 4 * words;
}
