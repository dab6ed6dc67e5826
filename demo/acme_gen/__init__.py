"""One synthetic day of Acme, a small web shop: the inputs of `make demo`."""
