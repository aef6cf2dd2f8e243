// Fused intensity steps. IN and OUT are types, REAL is the type computed in, N the elements a thread takes (1, or 4 where
// both arrays are aligned for it). Every step rounds as the loops of intensity_cpu.py do: the results have the same bits.

struct alignas(sizeof(IN) * N) Given { IN value[N]; };
struct alignas(sizeof(OUT) * N) Taken { OUT value[N]; };

// (value - zero) * scale + rest, held between 0 and top; NaN and padding give 0. half is 0.5 for whole numbers, else 0.
extern "C" __global__ void rescale_window(const IN *given, OUT *taken, long long n, REAL zero, REAL scale, REAL rest,
                                          REAL top, REAL padding, REAL half) {
  long long first = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * N;
  if (first + N <= n) {
    Given in = *(const Given *)(given + first);
    Taken out;
#pragma unroll
    for (int i = 0; i < N; ++i) {
      REAL value = (REAL)in.value[i];
      REAL found = (value - zero) * scale + rest;
      found = found > 0 ? found : 0;
      found = found < top ? found : top;
      out.value[i] = (OUT)(value == padding ? 0 : found + half);
    }
    *(Taken *)(taken + first) = out;
  } else {
    for (long long at = first; at < n; ++at) {
      REAL value = (REAL)given[at];
      REAL found = (value - zero) * scale + rest;
      found = found > 0 ? found : 0;
      found = found < top ? found : top;
      taken[at] = (OUT)(value == padding ? 0 : found + half);
    }
  }
}

extern "C" __global__ void linear(const IN *given, OUT *taken, long long n, REAL zero, REAL scale, REAL rest) {
  long long first = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * N;
  for (long long at = first; at < first + N && at < n; ++at)
    taken[at] = (OUT)(((REAL)given[at] - zero) * scale + rest);
}

// table[value - lowest]
extern "C" __global__ void look_up(const IN *given, OUT *taken, long long n, const OUT *table, long long lowest) {
  long long first = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * N;
  for (long long at = first; at < first + N && at < n; ++at) taken[at] = table[(long long)given[at] - lowest];
}
