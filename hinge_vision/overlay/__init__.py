"""Overlay: annotated frames and video."""
