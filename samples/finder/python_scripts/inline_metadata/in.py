#!/usr/bin/env -S uv run
# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "requests==2.32.3",
#   "Rich>=13",
#   "my_lib @ https://example.org/my_lib-1.0.tar.gz",
#   "not a requirement!",
# ]
# ///
import requests
