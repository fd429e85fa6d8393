"""The texts that people receive and the pages that they see: data, read with Jinja2."""
