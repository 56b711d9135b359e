"""What is kept about people: told to them, catalogued, and looked over by who answers for it."""
