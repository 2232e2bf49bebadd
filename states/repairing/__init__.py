"""How a broken history is read, paired and told anew: as messages, or as entries of a record."""
