// One thread makes one pixel of the result out of its neighborhood, in the order of sums of resampling_cpu.py.
// SOURCE and TARGET are types; WHOLE is 1 where TARGET holds whole numbers.

extern "C" __global__ void resample(
    const SOURCE *source, TARGET *out, long long source_rows, long long source_columns,
    long long slices, long long rows, long long columns,
    const int *z_first, const float *z_weights, long long z_taps,
    const int *y_first, const float *y_weights, long long y_taps,
    const int *x_first, const float *x_weights, long long x_taps,
    float low, float high)
{
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= slices * rows * columns) return;
    long long x = i % columns, y = i / columns % rows, z = i / (columns * rows);
    const SOURCE *corner = source + (z_first[z] * source_rows + y_first[y]) * source_columns + x_first[x];
    float total = 0;
    for (int tz = 0; tz < z_taps; ++tz) {
        float plane = 0;
        for (int tx = 0; tx < x_taps; ++tx) {
            const SOURCE *pixel = corner + tz * source_rows * source_columns + tx;
            float blended = 0;
            for (int ty = 0; ty < y_taps; ++ty)
                blended += y_weights[ty * rows + y] * (float)pixel[ty * source_columns];
            plane += x_weights[tx * columns + x] * blended;
        }
        total += z_weights[tz * slices + z] * plane;
    }
#if WHOLE
    total = total > low ? total : low;  // which also takes what is not a number
    out[i] = (TARGET)rintf(total < high ? total : high);
#else
    out[i] = total;
#endif
}
