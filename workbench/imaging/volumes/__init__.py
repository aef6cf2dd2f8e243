"""Volumes: a series of slices read as one array with units and geometry, and volumes kept on disk."""
