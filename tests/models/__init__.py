"""The application beside a small model of it: whatever people do in whatever order, both must come to the same.

`model.py` tells the rules of the design's sections 5 to 8 once more, as plainly as possible, looking at everybody
each time. `machine.py` lets a random course of events happen to the real acts on a real database and to the model, and
compares all that anybody can see after each step. A course of events that ends differently is made as short as it
still differs, and printed.

`make test` takes a dose; TOURBOOK_MODELS=1000 takes so many courses of events instead, as `make chaos` does.
"""
