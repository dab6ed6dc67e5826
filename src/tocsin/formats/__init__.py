"""Pure decoders: bytes to rows or trees; they know no record and touch no file."""
