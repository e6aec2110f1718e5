"""The parts of the page that labels photos in a browser."""
