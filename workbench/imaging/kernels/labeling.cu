// Connected components by union-find: a voxel's label is the index of an earlier one of its component, or of itself.
// The root is a component's first voxel, whatever the order in which threads run. -1 is background.

#define SEGMENT 32  // voxels of a row that are labeled at once

// There are fewer than 2^31 voxels, so that 32 bits hold every index, and a division is cheap.
__device__ unsigned int thread_index() { return blockIdx.x * blockDim.x + threadIdx.x; }

__device__ int root_of(const int *labels, int i)
{
    for (int above; (above = ((volatile const int *)labels)[i]) != i;) i = above;
    return i;
}

__device__ void connect(int *labels, int i, int j)
{
    for (;;) {
        i = root_of(labels, i);
        j = root_of(labels, j);
        if (i == j) return;
        if (i < j) { int other = i; i = j; j = other; }
        int before = atomicMin(&labels[i], j);
        if (before == i) return;
        i = before;  // another thread was here first; what it found belongs to this component too
    }
}

// Every voxel points to the first one of its run, or of the part of its run in its segment.
extern "C" __global__ void begin(const unsigned char *mask, int *labels, unsigned int voxels, unsigned int columns)
{
    unsigned int i = thread_index();
    if (i >= voxels) return;
    if (!mask[i]) { labels[i] = -1; return; }
    unsigned int first = i;
    for (unsigned int x = i % columns; x % SEGMENT && mask[first - 1]; --x) --first;
    labels[i] = first;
}

// Runs are joined where they first meet the rows before them; reach is 1 where edges and corners connect.
extern "C" __global__ void unite(
    const unsigned char *mask, int *labels, unsigned int voxels, unsigned int rows, unsigned int columns,
    unsigned int in_3d, unsigned int reach)
{
    unsigned int i = thread_index();
    if (i >= voxels || !mask[i]) return;
    int line = i / columns, x = i - line * columns, z = line / rows, y = line - z * rows;
    bool left = x > 0 && mask[i - 1];
    if (left && x % SEGMENT == 0) connect(labels, i, i - 1);
    for (int dz = in_3d ? -1 : 0; dz <= 0; ++dz) {
        for (int dy = dz && !reach ? 0 : -1; dy <= (dz ? (int)reach : -1); ++dy) {
            if (z + dz < 0 || y + dy < 0 || y + dy >= (int)rows) continue;
            int j = (int)i + (dz * (int)rows + dy) * (int)columns;
            if (mask[j]) {
                if (!(left && mask[j - 1])) connect(labels, i, j);
            } else if (reach) {
                if (x > 0 && mask[j - 1]) connect(labels, i, j - 1);
                if (x + 1 < (int)columns && mask[j + 1]) connect(labels, i, j + 1);
            }
        }
    }
}

extern "C" __global__ void flatten(int *labels, unsigned int voxels)
{
    unsigned int i = thread_index();
    if (i < voxels && labels[i] >= 0) labels[i] = root_of(labels, i);
}

extern "C" __global__ void renumber(const int *labels, const int *numbers, int *out, unsigned int voxels)
{
    unsigned int i = thread_index();
    if (i < voxels) out[i] = labels[i] < 0 ? 0 : numbers[labels[i]];
}

// The lengths of runs are added up at the roots.
extern "C" __global__ void measure(const int *labels, int *sizes, unsigned int voxels, unsigned int columns)
{
    unsigned int i = thread_index();
    if (i >= voxels || labels[i] < 0) return;
    unsigned int x = i % columns, length = 1;
    if (x % SEGMENT && labels[i - 1] >= 0) return;
    while (x + length < columns && (x + length) % SEGMENT && labels[i + length] >= 0) ++length;
    atomicAdd(&sizes[labels[i]], (int)length);
}

// Larger components have larger keys, and of equal ones the first.
__device__ unsigned long long key_of(const int *sizes, int root)
{
    return (unsigned long long)sizes[root] << 32 | (0xffffffffu - (unsigned int)root);
}

extern "C" __global__ void find_next(
    const int *labels, const int *sizes, unsigned long long *keys, unsigned int voxels, unsigned int n)
{
    unsigned int i = thread_index();
    if (i >= voxels || labels[i] != (int)i) return;
    unsigned long long key = key_of(sizes, i);
    if (n == 0 || key < keys[n - 1]) atomicMax(&keys[n], key);
}

extern "C" __global__ void keep(
    const int *labels, const int *sizes, const unsigned long long *keys, bool *out, unsigned int voxels, unsigned int n)
{
    unsigned int i = thread_index();
    if (i < voxels) out[i] = labels[i] >= 0 && key_of(sizes, labels[i]) >= keys[n - 1];
}

extern "C" __global__ void reach_border(
    const int *labels, unsigned char *reached, unsigned int voxels, unsigned int rows, unsigned int columns,
    unsigned int in_3d)
{
    unsigned int i = thread_index();
    if (i >= voxels || labels[i] < 0) return;
    unsigned int line = i / columns, x = i - line * columns, z = line / rows, y = line - z * rows;
    unsigned int slices = voxels / (columns * rows);
    if (x == 0 || x == columns - 1 || y == 0 || y == rows - 1 || (in_3d && (z == 0 || z == slices - 1)))
        reached[labels[i]] = 1;
}

extern "C" __global__ void fill(const int *labels, const unsigned char *reached, bool *out, unsigned int voxels)
{
    unsigned int i = thread_index();
    if (i < voxels) out[i] = labels[i] < 0 || !reached[labels[i]];
}
