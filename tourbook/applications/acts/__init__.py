"""The acts of an application's life, a module each."""
