"""The three faults, one file each: every one answers for one rep with a `Claim` or None."""
