// One thread makes one pixel of the result out of its neighborhood, in the order of sums of resampling_cpu.py.
// SOURCE and TARGET are types; WHOLE is 1 where TARGET holds whole numbers; INDEX counts pixels, in 32 bits where these
// do. What has no weight is left out rather than multiplied by 0, which would make NaN of NaN and of infinity.

extern "C" __global__ void resample(
    const SOURCE *source, TARGET *out, long long source_rows, long long source_columns,
    long long slices, long long rows, long long columns,
    const int *z_first, const float *z_weights, long long z_taps,
    const int *y_first, const float *y_weights, long long y_taps,
    const int *x_first, const float *x_weights, long long x_taps,
    float low, float high)
{
    INDEX i = (INDEX)blockIdx.x * blockDim.x + threadIdx.x, width = columns, height = rows, stride = source_columns;
    if (i >= (INDEX)slices * height * width) return;
    INDEX line = i / width, x = i - line * width, z = line / height, y = line - z * height;
    INDEX plane_stride = (INDEX)source_rows * stride;
    const SOURCE *corner = source + (z_first[z] * plane_stride + y_first[y] * stride + x_first[x]);
    float total = 0;
    for (int tz = 0; tz < z_taps; ++tz) {
        float plane = 0;
        for (int tx = 0; tx < x_taps; ++tx) {
            const SOURCE *pixel = corner + (tz * plane_stride + tx);
            float blended = 0;
            for (int ty = 0; ty < y_taps; ++ty) {
                float weight = y_weights[ty * height + y];
                if (weight != 0) blended += weight * (float)pixel[ty * stride];
            }
            float weight = x_weights[tx * width + x];
            if (weight != 0) plane += weight * blended;
        }
        float weight = z_weights[tz * (INDEX)slices + z];
        if (weight != 0) total += weight * plane;
    }
#if WHOLE
    total = total > low ? total : low;  // which also takes what is not a number
    out[i] = (TARGET)rintf(total < high ? total : high);
#else
    out[i] = total;
#endif
}
