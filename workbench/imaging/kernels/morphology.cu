// Masks with 64 voxels of a row in a word, the first in the lowest bit; bits after a row's end stay 0.
// INDEX counts voxels, in 32 bits where these do.

typedef unsigned long long Word;

__device__ INDEX thread_index() { return (INDEX)blockIdx.x * blockDim.x + threadIdx.x; }

extern "C" __global__ void pack(
    const unsigned char *mask, Word *packed, long long all_words, long long words, long long columns)
{
    INDEX i = thread_index();
    if (i >= all_words) return;
    INDEX line = i / (INDEX)words, first = (i - line * (INDEX)words) * 64;
    int n = columns - first < 64 ? columns - first : 64;
    const unsigned char *voxel = mask + line * (INDEX)columns + first;
    Word word = 0;
    for (int bit = 0; bit < n; ++bit) word |= (Word)(voxel[bit] != 0) << bit;
    packed[i] = word;
}

extern "C" __global__ void unpack(const Word *packed, bool *mask, long long voxels, long long words, long long columns)
{
    INDEX i = thread_index();
    if (i >= voxels) return;
    INDEX line = i / (INDEX)columns, x = i - line * (INDEX)columns;
    mask[i] = packed[line * (INDEX)words + x / 64] >> x % 64 & 1;
}

// offsets holds slices, rows and columns to either side (at most 63). Eroding is dilating the background.
extern "C" __global__ void dilate(
    const Word *packed, Word *out, const int *offsets, long long n_offsets, long long slices, long long rows,
    long long words, unsigned long long last_word, long long eroding)
{
    INDEX i = thread_index();
    if (i >= slices * rows * words) return;
    INDEX line = i / (INDEX)words, k = i - line * (INDEX)words, z = line / (INDEX)rows, y = line - z * (INDEX)rows;
    Word turned = eroding ? ~0ull : 0, result = 0;
    Word valid = k + 1 == words ? last_word : ~0ull, next_valid = k + 2 == words ? last_word : ~0ull;
    for (int n = 0; n < n_offsets; ++n) {
        long long from_z = (long long)z + offsets[3 * n], from_y = (long long)y + offsets[3 * n + 1];
        if (from_z < 0 || from_z >= slices || from_y < 0 || from_y >= rows) continue;
        const Word *place = packed + (from_z * rows + from_y) * words + k;
        Word here = (place[0] ^ turned) & valid;
        Word before = k > 0 ? place[-1] ^ turned : 0;
        Word after = k + 1 < words ? (place[1] ^ turned) & next_valid : 0;
        result |= here;
        for (int d = 1; d <= offsets[3 * n + 2]; ++d)
            result |= here << d | before >> (64 - d) | here >> d | after << (64 - d);
    }
    out[i] = (result ^ turned) & valid;
}
