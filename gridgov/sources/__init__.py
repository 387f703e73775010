"""Reading and checking: files in, accepted rows and set-aside rows with reasons out."""
