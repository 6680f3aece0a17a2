"""What a book must satisfy, alone and against what the database holds; how it stood on an earlier day. Pure."""
