"""`python -m hinge_vision` is the same as `hinge-vision`."""

from hinge_vision.cli import main

if __name__ == "__main__":
    main()
