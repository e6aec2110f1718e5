"""The web page that labels photos in a browser."""
