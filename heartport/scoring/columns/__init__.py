"""Scoring a million responses: columns of small codes in NumPy, beside tables of exact values in plain Python.

What is exact happens once for each value that a column may hold, by the functions that score a single response;
NumPy only adds, compares and looks up codes. Only commands import this package, and only when they run, so that the
web process never loads NumPy.
"""
