"""Files and pictures, read and written whole or not at all."""
