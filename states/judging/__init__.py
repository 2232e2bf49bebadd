"""The rules by which hosts judge a history, each in words of its own.  Imports nothing but itself."""
