// Contrast limited adaptive histogram equalization as OpenCV defines it. IN is unsigned char or unsigned short, BINS the
// number of its values. 256 threads make the table of a tile; then each pixel is taken through the tables of the four tiles
// around it. Floats are rounded as in adaptive_cpu.py.

#define PER (BINS / 256)

__device__ static long long reflected(long long at, long long n) { return at < n ? at : 2 * (n - 1) - at; }

// counts[image, tile row, tile column, value]; one block for each tile.
extern "C" __global__ void count_tiles(const IN *given, long long rows, long long columns, int tiles_y, int tiles_x,
                                       int height, int width, unsigned int *counts) {
#if BINS == 256
  __shared__ unsigned int bins[256];
  bins[threadIdx.x] = 0;
  __syncthreads();
#else
  unsigned int *bins = counts + (long long)blockIdx.x * BINS;
#endif
  long long tile = blockIdx.x;
  long long left = tile % tiles_x * width, top = tile / tiles_x % tiles_y * height;
  const IN *image = given + tile / (tiles_x * tiles_y) * rows * columns;
  for (long long at = threadIdx.x; at < (long long)height * width; at += blockDim.x) {
    long long y = reflected(top + at / width, rows), x = reflected(left + at % width, columns);
    atomicAdd(bins + image[y * columns + x], 1u);
  }
#if BINS == 256
  __syncthreads();
  counts[tile * 256 + threadIdx.x] = bins[threadIdx.x];
#endif
}

// tables[tile, value] from the counts; one block for each tile, PER values for each thread. limit 0 clips nothing.
extern "C" __global__ void make_tables(unsigned int *counts, IN *tables, int limit, float scale) {
  __shared__ long long part[256];
  int me = threadIdx.x;
  unsigned int *mine = counts + (long long)blockIdx.x * BINS + me * PER;
  int batch = 0, residual = 0, step = 1;
  if (limit > 0) {
    long long over = 0;
    for (int i = 0; i < PER; ++i)
      if ((int)mine[i] > limit) {
        over += (int)mine[i] - limit;
        mine[i] = limit;
      }
    part[me] = over;
    for (int half = 128; half; half /= 2) {
      __syncthreads();
      if (me < half) part[me] += part[me + half];
    }
    __syncthreads();
    int clipped = (int)part[0];
    __syncthreads();
    batch = clipped / BINS;
    residual = clipped - batch * BINS;
    step = residual ? max(BINS / residual, 1) : 1;
  }
  long long own = 0;
  for (int i = 0; i < PER; ++i) {
    int bin = me * PER + i;
    mine[i] += batch + (bin % step == 0 && bin / step < residual);
    own += mine[i];
  }
  part[me] = own;
  for (int reach = 1; reach < 256; reach *= 2) {
    __syncthreads();
    long long before = me >= reach ? part[me - reach] : 0;
    __syncthreads();
    part[me] += before;
  }
  int sum = (int)(part[me] - own);
  for (int i = 0; i < PER; ++i) {
    sum += (int)mine[i];
    float found = rintf((float)sum * scale);
    tables[(long long)blockIdx.x * BINS + me * PER + i] = (IN)(found < BINS - 1 ? found : BINS - 1);
  }
}

// The value of each pixel between the tables of the four tiles whose centers are around it.
extern "C" __global__ void blend(const IN *given, IN *taken, const IN *tables, long long n, int rows, int columns,
                                 int tiles_y, int tiles_x, float per_height, float per_width) {
  long long at = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (at >= n) return;
  int x = (int)(at % columns);
  long long row = at / columns;
  int y = (int)(row % rows);
  const IN *own = tables + row / rows * tiles_y * tiles_x * BINS + given[at];
  float place_x = (float)x * per_width - 0.5f, place_y = (float)y * per_height - 0.5f;
  int left = (int)floorf(place_x), top = (int)floorf(place_y);
  float to_right = place_x - (float)left, to_bottom = place_y - (float)top;
  float to_left = 1.0f - to_right, to_top = 1.0f - to_bottom;
  int right = min(left + 1, tiles_x - 1), bottom = min(top + 1, tiles_y - 1);
  left = max(left, 0);
  top = max(top, 0);
  const IN *above = own + (long long)top * tiles_x * BINS, *below = own + (long long)bottom * tiles_x * BINS;
  float up = (float)above[(long long)left * BINS] * to_left + (float)above[(long long)right * BINS] * to_right;
  float down = (float)below[(long long)left * BINS] * to_left + (float)below[(long long)right * BINS] * to_right;
  float found = rintf(up * to_top + down * to_bottom);
  taken[at] = (IN)(found < BINS - 1 ? found : BINS - 1);
}
