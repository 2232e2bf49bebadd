"""Between the record and the wire, and pure: conversation to request bytes, response bytes to a reply or a fault."""
