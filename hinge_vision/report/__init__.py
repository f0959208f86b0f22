"""Report: what was found, written for people and for machines."""
