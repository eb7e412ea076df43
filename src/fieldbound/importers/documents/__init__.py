"""OpenAPI documents and JSON Schemas of a vendor to files that a folder of contracts may have."""
