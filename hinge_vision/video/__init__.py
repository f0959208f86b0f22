"""Reading and writing of clips and files."""
