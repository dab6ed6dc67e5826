"""Actions: what changes the world, each with its undo and look-up."""
