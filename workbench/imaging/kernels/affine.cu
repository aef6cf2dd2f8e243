// One thread makes one voxel of the result, in the order of sums of affine_cpu.py.
// SOURCE, TARGET and FILL are types; INDEX counts voxels, in 32 bits where these do. TAPS is 1 (nearest), 2 (linear) or
// 4 (cubic); WHOLE is 1 where TARGET holds whole numbers.

__device__ double dot(const double *row, long long z, long long y, long long x)
{
    return row[0] * z + row[1] * y + row[3] + row[2] * x;
}

__device__ void around(double at, long long n, long long *index, float *weights)
{
    double below = floor(at);
#if TAPS > 1
    float t = (float)(at - below);
#endif
#if TAPS == 2
    weights[0] = 1 - t;
    weights[1] = t;
#elif TAPS == 4
    weights[0] = ((2 - t) * t - 1) * t * 0.5f;
    weights[1] = ((3 * t - 5) * t * t + 2) * 0.5f;
    weights[2] = ((4 - 3 * t) * t + 1) * t * 0.5f;
    weights[3] = (t - 1) * t * t * 0.5f;
#endif
    long long first = (long long)below - (TAPS / 2 - 1);
    for (int tap = 0; tap < TAPS; ++tap) {
        long long place = first + tap;
#if TAPS > 1
        if (weights[tap] == 0) place = (long long)below + (t > 0.5f);  // a voxel of no weight may be NaN
#endif
        index[tap] = place < 0 ? 0 : place > n - 1 ? n - 1 : place;
    }
}

extern "C" __global__ void transform(
    const SOURCE *source, TARGET *out, const double *matrix, long long source_slices, long long source_rows,
    long long source_columns, long long slices, long long rows, long long columns, FILL fill, float low, float high)
{
    INDEX place = (INDEX)blockIdx.x * blockDim.x + threadIdx.x, width = columns, height = rows;
    if (place >= (INDEX)slices * height * width) return;
    INDEX line = place / width, x = place - line * width, z = line / height, y = line - z * height;
    double i = dot(matrix, z, y, x), j = dot(matrix + 4, z, y, x), k = dot(matrix + 8, z, y, x);
#if TAPS == 1
    i = floor(i + 0.5), j = floor(j + 0.5), k = floor(k + 0.5);
    bool inside = 0 <= i && i < source_slices && 0 <= j && j < source_rows && 0 <= k && k < source_columns;
    out[place] = inside ? source[((INDEX)i * (INDEX)source_rows + (INDEX)j) * (INDEX)source_columns + (INDEX)k] : fill;
#else
    float value = fill;
    if (-0.5 <= i && i < source_slices - 0.5 && -0.5 <= j && j < source_rows - 0.5 && -0.5 <= k
        && k < source_columns - 0.5) {
        long long zs[TAPS], ys[TAPS], xs[TAPS];
        float z_weights[TAPS], y_weights[TAPS], x_weights[TAPS];
        around(i, source_slices, zs, z_weights);
        around(j, source_rows, ys, y_weights);
        around(k, source_columns, xs, x_weights);
        value = 0;
        for (int c = 0; c < TAPS; ++c) {
            float column = 0;
            for (int a = 0; a < TAPS; ++a) {
                const SOURCE *plane = source + zs[a] * source_rows * source_columns + xs[c];
                float blended = 0;
                for (int b = 0; b < TAPS; ++b) blended += y_weights[b] * (float)plane[ys[b] * source_columns];
                column += z_weights[a] * blended;
            }
            value += x_weights[c] * column;
        }
    }
#if WHOLE
    value = value > low ? value : low;  // which also takes what is not a number
    out[place] = (TARGET)rintf(value < high ? value : high);
#else
    out[place] = value;
#endif
#endif
}
