"""From pixel data to values with units: decoding, photometric, modality and VOI rules, each with its clause."""
