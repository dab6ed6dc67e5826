"""The HTML report: one file that opens offline, reads without JavaScript and prints."""
