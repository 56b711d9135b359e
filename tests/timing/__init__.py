"""Does the time of an answer tell whether there is such an account? Measured, and judged by ranks."""
