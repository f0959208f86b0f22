"""Many clips: each analysed once, here or on a cluster, with a table over all of them."""
