#!/usr/bin/env python3
# /// script
# dependencies = ["click==8.1.*"]
# ///
