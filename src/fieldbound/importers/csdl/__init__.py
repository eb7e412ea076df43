"""OData's CSDL, as XML or JSON, to types, entity sets and annotations; and these to resources."""
