"""The spine: a mask in, the dorsal outline out (`outline`); a track's features in, the spine's angles out (`posture_model`)."""
