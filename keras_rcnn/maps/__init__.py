"""Labels of maps: rasters and polygons that geographic programs read."""
