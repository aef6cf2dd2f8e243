"""From DICOM to arrays with known units: headers, pixels, volumes and preprocessing, on NumPy or CuPy."""
