"""Rebuild `pose_landmarker_full.task` from the official MediaPipe 0.10.21 wheel.

The wheel carries BlazePose "full" as two bare TFLite files, for the old solutions API. The Tasks API wants them in one
uncompressed zip, each with metadata that says how its input image is normalised. This script adds just that; the
networks' weights are untouched, and the result is the same to the byte each time.

Usage::

    pip download --no-deps mediapipe==0.10.21
    python models/build_pose_model.py mediapipe-0.10.21-*.whl models/pose_landmarker_full.task

It runs with mediapipe 0.10.21 installed (its metadata writer is used).
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import flatbuffers
from mediapipe.tasks.metadata import metadata_schema_py_generated as schema
from mediapipe.tasks.python.metadata import metadata

# (file in the wheel, name in the bundle, number of outputs, mean and standard deviation of the input normalisation).
# BlazePose's detector takes pixels in -1..1, its landmark network in 0..1.
PARTS = [
    ("mediapipe/modules/pose_detection/pose_detection.tflite", "pose_detector.tflite", 2, 127.5, 127.5),
    ("mediapipe/modules/pose_landmark/pose_landmark_full.tflite", "pose_landmarks_detector.tflite", 5, 0.0, 255.0),
]


def input_metadata(outputs: int, mean: float, std: float) -> bytes:
    """Return TFLite metadata that gives the one image input its normalisation, and each output an empty entry."""
    normalization = schema.ProcessUnitT()
    normalization.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    normalization.options = schema.NormalizationOptionsT()
    normalization.options.mean = [mean]
    normalization.options.std = [std]
    image = schema.TensorMetadataT()
    image.name = "image"
    image.processUnits = [normalization]
    image.content = schema.ContentT()
    image.content.contentPropertiesType = schema.ContentProperties.ImageProperties
    image.content.contentProperties = schema.ImagePropertiesT()
    image.content.contentProperties.colorSpace = schema.ColorSpaceType.RGB
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [image]
    graph.outputTensorMetadata = [schema.TensorMetadataT() for _ in range(outputs)]
    model = schema.ModelMetadataT()
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), metadata.MetadataPopulator.METADATA_FILE_IDENTIFIER)
    return bytes(builder.Output())


def build(wheel: Path, bundle: Path) -> str:
    """Write the bundle and return its SHA-256."""
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as target:
        for path, name, outputs, mean, std in PARTS:
            populator = metadata.MetadataPopulator.with_model_buffer(source.read(path))
            populator.load_metadata_buffer(input_metadata(outputs, mean, std))
            populator.populate()
            # a fixed date, so that the same wheel gives the same bytes
            target.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), bytes(populator.get_model_buffer()))
    return hashlib.sha256(bundle.read_bytes()).hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))
