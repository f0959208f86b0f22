from __future__ import annotations

from pathlib import Path

import numpy as np

from hinge_vision.spine import coefficients
from hinge_vision.spine.coefficients import load_model, save_model

SHIPPED = Path(coefficients.__file__).with_name("coefficients.npz")


def test_what_is_written_is_read_again_to_the_last_bit(tmp_path: Path) -> None:
    model = load_model()

    save_model(model, tmp_path / "coefficients.npz")

    with np.load(tmp_path / "coefficients.npz") as written, np.load(SHIPPED) as shipped:
        assert set(written.files) == set(shipped.files)
        for name in shipped.files:
            np.testing.assert_array_equal(written[name], shipped[name])


def test_the_maps_fit_the_features_they_are_given() -> None:
    model = load_model()

    assert len(model.change.inputs.mean) == 2 * len(model.posture.inputs.mean)
    assert len(model.neck.inputs.mean) > len(model.change.inputs.mean)
    assert len(model.change.members) >= 2
