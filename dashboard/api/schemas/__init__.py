"""Every JSON shape of the API, by subject.

Times are ISO 8601 in UTC; null means not yet, or not known.
"""
