client = Client("{{join:sk-|proj-|Gd5D6QVjSBE8QTdvhFlYsngm7nrIIHaHNGlGCSFBFF9IuwbCK4PGFWXEfp6fT260UuqE}}")
