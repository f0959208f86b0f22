"""hinge_vision: does the low back stay neutral while the hips hinge?"""
