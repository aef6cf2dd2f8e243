"""Small valid DICOM objects of the modalities beside CT and radiography, each a phantom that says so."""
