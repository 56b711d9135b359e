"""Bad input, made from the forms themselves, over every address and for everybody who may come.

`site` is a small installation with something of everything, `discovery` opens its pages and takes the forms as they
are sent, `oddities` and `cases` spoil what a browser would send, `oracle` says what is wrong with an answer, and
`fuzzer` runs it all. A case is replayed by its seed and number: `python -m tests.fuzz --seed S --only NUMBER`.
"""
