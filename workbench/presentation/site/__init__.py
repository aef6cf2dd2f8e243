"""The static twin of the public pages: plain HTML for any web server, no kernel, no request to another host."""
