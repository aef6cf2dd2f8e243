"""The loops behind preprocessing: compiled by numba on the CPU, CUDA sources on the GPU, equal within stated limits."""
