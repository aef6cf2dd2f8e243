// Counting. IN is the type of the pixels; MASKED says whether a mask has a say; the sources of histograms_cpu.py count the
// same. Counts go to shared memory first, and a thread adds a run of equal neighbors at once: images have large areas of
// one value, where every thread of a block would wait for the others.

#define RUN 8

#if MASKED
#define LEFT_OUT(at) (!mask[at])
#else
#define LEFT_OUT(at) false
#endif

#ifdef BINS
// counts[value - lowest], for types of 8 or 16 bits; WINDOW bins from `first` on are counted in shared memory.
extern "C" __global__ void count_values(const IN *given, const unsigned char *mask, long long n, long long lowest,
                                        int first, unsigned int *counts) {
  __shared__ unsigned int near[WINDOW];
  for (int bin = threadIdx.x; bin < WINDOW; bin += blockDim.x) near[bin] = 0;
  __syncthreads();
  long long step = (long long)gridDim.x * blockDim.x * RUN;
  for (long long from = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * RUN; from < n; from += step) {
    int last = -1;
    unsigned int run = 0;
    for (long long at = from; at < from + RUN && at < n; ++at) {
      if (LEFT_OUT(at)) continue;
      int value = (int)((long long)given[at] - lowest);
      if (value != last && run) {
        unsigned int *bins = (unsigned int)(last - first) < WINDOW ? near + (last - first) : counts + last;
        atomicAdd(bins, run);
        run = 0;
      }
      last = value;
      ++run;
    }
    if (run) atomicAdd((unsigned int)(last - first) < WINDOW ? near + (last - first) : counts + last, run);
  }
  __syncthreads();
  for (int bin = threadIdx.x; bin < WINDOW; bin += blockDim.x)
    if (near[bin]) atomicAdd(counts + first + bin, near[bin]);
}
#endif

#ifdef FLAVOR
// counts of 16 bits of the key of each pixel whose higher bits are `prefix`; keys sort as their values do.
extern "C" __global__ void count_keys(const unsigned int *given, const unsigned char *mask, long long n, int shift,
                                      long long prefix, unsigned int *counts) {
  long long step = (long long)gridDim.x * blockDim.x;
  for (long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x; at < n; at += step) {
    if (LEFT_OUT(at)) continue;
    unsigned int key = given[at];
#if FLAVOR == 2  // float32: NaN is left out, negative numbers sort the other way round
    if ((key & 0x7fffffffu) > 0x7f800000u) continue;
    key = key & 0x80000000u ? ~key : key | 0x80000000u;
#elif FLAVOR == 1  // int32
    key ^= 0x80000000u;
#endif
    if (prefix < 0 || (key >> 16) == (unsigned int)prefix) atomicAdd(counts + ((key >> shift) & 0xffffu), 1u);
  }
}
#endif

// counts[bin] for edges[bin] <= value < edges[bin + 1], the last edge included; NaN and what lies outside is left out.
extern "C" __global__ void count_bins(const IN *given, const unsigned char *mask, long long n, const double *edges,
                                      int bins, unsigned int *counts) {
  __shared__ unsigned int near[4096];
  bool local = bins <= 4096;
  if (local)
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x) near[bin] = 0;
  __syncthreads();
  double low = edges[0], high = edges[bins], scale = bins / (high - low);
  long long step = (long long)gridDim.x * blockDim.x;
  for (long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x; at < n; at += step) {
    double value = (double)given[at];
    if (LEFT_OUT(at) || !(value >= low && value <= high)) continue;
    int bin = (int)((value - low) * scale);
    if (bin > bins - 1) bin = bins - 1;
    if (value < edges[bin]) --bin;
    else if (bin < bins - 1 && value >= edges[bin + 1]) ++bin;
    atomicAdd((local ? near : counts) + bin, 1u);
  }
  __syncthreads();
  if (local)
    for (int bin = threadIdx.x; bin < bins; bin += blockDim.x)
      if (near[bin]) atomicAdd(counts + bin, near[bin]);
}

// For each block: how many pixels, the sum of their differences to center, and of the squares; NaN is left out.
extern "C" __global__ void sums(const IN *given, const unsigned char *mask, long long n, double center, double *partial) {
  __shared__ double shared[3][256];
  double count = 0, total = 0, squares = 0;
  long long step = (long long)gridDim.x * blockDim.x;
  for (long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x; at < n; at += step) {
    double difference = (double)given[at] - center;
    if (LEFT_OUT(at) || difference != difference) continue;
    count += 1;
    total += difference;
    squares += difference * difference;
  }
  int me = threadIdx.x;
  shared[0][me] = count;
  shared[1][me] = total;
  shared[2][me] = squares;
  for (int half = 128; half; half /= 2) {
    __syncthreads();
    if (me < half)
      for (int row = 0; row < 3; ++row) shared[row][me] += shared[row][me + half];
  }
  if (me == 0)
    for (int row = 0; row < 3; ++row) partial[blockIdx.x * 3 + row] = shared[row][0];
}
