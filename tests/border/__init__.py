"""The border: who may do what, what no answer and no table may hold, and what every answer carries."""
