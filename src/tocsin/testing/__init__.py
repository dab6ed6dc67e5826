"""For authors of plug-ins: samples that are run, compared and blessed, and a pytest plug-in that finds them."""
