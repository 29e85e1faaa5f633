"""Parts of the reference site: style and script as they are, and the pieces that emit/html.py puts together."""
