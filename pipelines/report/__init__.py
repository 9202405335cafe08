"""Pictures of the archive: figures handed in, SVG and a static folder out. Knows no SQL."""
