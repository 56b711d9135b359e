"""tourbook: applying for walks on the DMZ Peace Trail and for Panmunjeom tours.

Capacity here is the result of a rule over dated facts, never a stored integer alone; see docs/decisions/.
"""
